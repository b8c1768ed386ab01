"""For "Context Access and Updates": the class around its method, with the context above it."""


class Around:
    Context = OrderContext

    @step(start=True)
    def begin(self):
        return goto("update_context_example")

    @step()
    def next_step(self):
        return complete()
