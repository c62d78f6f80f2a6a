"""AUT, what a payer authorizes."""

from __future__ import annotations

from plugins.hl7.keeping import CONCEPT, CONTACT, ENTITY, MOMENT, ORGANIZATION, PRACTITIONER, QUANTITY
from plugins.hl7.rows import Room, keeps
from plugins.hl7.segments.accounts import under_or_home

ROOM = Room(
    "AUT",
    "Authorization Information",
    (
        keeps(1, "Authorizing Payor Plan ID", *CONCEPT),
        keeps(2, "Authorizing Payor Company ID", *CONCEPT),
        keeps(3, "Authorizing Payor Company Name"),
        keeps(4, "Authorization Effective Date", *MOMENT),
        keeps(5, "Authorization Expiration Date", *MOMENT),
        keeps(6, "Authorization Identifier", *ENTITY),
        keeps(7, "Reimbursement Limit"),
        keeps(8, "Requested Number of Treatments", *QUANTITY),
        keeps(9, "Authorized Number of Treatments", *QUANTITY),
        keeps(10, "Process Date", *MOMENT),
        keeps(11, "Requested Disciplines", *CONCEPT),
        keeps(12, "Authorized Disciplines", *CONCEPT),
        keeps(13, "Authorization Referral Type", *CONCEPT),
        keeps(14, "Approval Status", *CONCEPT),
        keeps(15, "Planned Treatment Stop Date", *MOMENT),
        keeps(16, "Clinical Service", *CONCEPT),
        keeps(17, "Reason Text"),
        keeps(18, "Number of Authorized Treatments Units", *QUANTITY),
        keeps(19, "Number of Used Treatments Units", *QUANTITY),
        keeps(20, "Number of Schedule Treatments Units", *QUANTITY),
        keeps(21, "Encounter Type", *CONCEPT),
        keeps(22, "Remaining Benefit Amount"),
        keeps(23, "Authorized Provider", *ORGANIZATION),
        keeps(24, "Authorized Health Professional", *PRACTITIONER),
        keeps(25, "Source Text"),
        keeps(26, "Source Date", *MOMENT),
        keeps(27, "Source Phone", *CONTACT),
        keeps(28, "Comment"),
        keeps(29, "Action Code"),
    ),
    under_or_home,
)
