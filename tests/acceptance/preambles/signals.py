"""For "Waiting for Signals": the class around its methods, which begins at its first one."""


class Around:
    @step(start=True)
    def begin(self):
        return goto("wait_for_approval")
