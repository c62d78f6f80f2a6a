"""Tells other systems of messages: HL7 v2 over MLLP, as the sending side."""
