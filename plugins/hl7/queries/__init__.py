"""Questions of other systems (QBP, QRY), answered from the record."""
