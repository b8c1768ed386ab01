SELECT workflow, event, shift, skips, version, plan FROM triggers ORDER BY event, shift, workflow;
