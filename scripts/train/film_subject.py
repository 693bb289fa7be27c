"""What a film shows, in the words of a DICOM header."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Subject:
    """What a film shows, in the words of its header."""

    name: str                # PHANTOM^name^label
    series: str
    body_part: str           # BodyPartExamined
    region: tuple            # SNOMED CT code and meaning
    laterality: str          # ImageLaterality: R, L, U or B
    view: str = "AP"         # or LATERAL
    orientation: tuple = None    # PatientOrientation; None: the view's usual
    plane: str = "plane of the bones"   # the one PixelSpacing is true in


LEGS = Subject("LEG", "LONG LEG AP STANDING", "LEG",
               ("61685007", "Lower limb"), "B",
               plane="plane of the hip centers")
