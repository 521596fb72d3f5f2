"""The settings: one window, a module for each of its pages."""
