"""How answers are made, as a panel beside the conversation and in the editor of assistants."""
