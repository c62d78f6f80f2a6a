"""The one worklist: questions that only a person may answer, each asked once, and their answers."""

from hub.review.answering import (
    REOPENED,
    SETTLED,
    UNDONE,
    Answer,
    answers,
    at_once,
    close,
    last_answer,
    note,
    postpone,
    reopen,
)
from hub.review.asking import Question, is_asked, open_review
from hub.review.listing import Count, Review, Reviews, Wanted, naming, shown, standing

__all__ = [
    "REOPENED",
    "SETTLED",
    "UNDONE",
    "Answer",
    "Count",
    "Question",
    "Review",
    "Reviews",
    "Wanted",
    "answers",
    "at_once",
    "close",
    "is_asked",
    "last_answer",
    "naming",
    "note",
    "open_review",
    "postpone",
    "reopen",
    "shown",
    "standing",
]
