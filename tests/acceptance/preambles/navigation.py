"""For "Navigation Between Steps": the class around its methods."""


class Around:
    class Context(BaseModel):
        order_total: int

    @step(start=True)
    def begin(self):
        return goto("process_order")
