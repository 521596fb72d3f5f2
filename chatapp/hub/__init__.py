"""Models on this computer and, later, on the Hugging Face Hub."""
