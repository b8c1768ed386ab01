"""For "Human-in-the-Loop Pattern": who reviews, and the mail to them."""

mails = []


def get_next_available_reviewer():
    return "ada@example.org"


def send_review_request_email(reviewer, document_id):
    mails.append((reviewer, document_id))
