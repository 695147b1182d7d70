"""What changes files: settings, skeletons of models, ledgers."""
