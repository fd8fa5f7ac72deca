"""What brings facts in at times: queries whose rows become events, and polls whose numbers become samples."""
