"""What may have caused a symptom: evidence around its time, over what the symptom's item depends on."""
