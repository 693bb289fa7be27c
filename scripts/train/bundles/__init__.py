"""One module per bundle of models/, its name with _ for -.

STAGES: the networks (stage.Stage), in the order of model.yaml.
For dicom_export.py, FIXTURES (dicom_export.Fixtures).
"""
