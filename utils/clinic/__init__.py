"""The clinic of chapter 16: broken attentions, the models that were trained with them, and the claims under test."""
