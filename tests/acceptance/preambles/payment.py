"""For "Waiting for Events": the class around its methods, with the steps that they lead to."""


class Around:
    class Context(BaseModel):
        order_id: int
        amount: float = 0.0

    @step(start=True)
    def begin(self):
        return goto("wait_for_payment")

    @step()
    def cancel_order(self):
        return complete(cancelled=True)

    @step()
    def fulfill_order(self):
        return complete(fulfilled=True)
