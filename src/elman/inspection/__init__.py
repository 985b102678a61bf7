"""What a trained model does inside: views of it, as text, JSON, pictures and pages."""
