"""Chapter 02, scores and softmax."""
