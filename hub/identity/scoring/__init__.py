"""How alike two descriptions are, and what follows: pure functions, no I/O (Fellegi-Sunter, in bits)."""

from hub.identity.scoring.comparison import Comparison, compare
from hub.identity.scoring.finding import Finding
from hub.identity.scoring.frequency import Frequency
from hub.identity.scoring.judging import Candidate, Judgement, at_home, judge
from hub.identity.scoring.keys import keys
from hub.identity.scoring.model import DEFAULT, Model, Thresholds
from hub.identity.scoring.sufficing import contradicted

__all__ = [
    "DEFAULT",
    "Candidate",
    "Comparison",
    "Finding",
    "Frequency",
    "Judgement",
    "Model",
    "Thresholds",
    "at_home",
    "compare",
    "contradicted",
    "judge",
    "keys",
]
