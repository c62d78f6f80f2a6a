"""The sandbox: an invented hospital that sends, a receiving system that answers, and the truth to compare with."""
