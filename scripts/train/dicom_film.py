"""A rendered film as a DICOM object, with every attribute its IOD wants.

Digital X-Ray Image - For Presentation, or Computed Radiography for the film
without spacing (a DX object may not leave Imager Pixel Spacing out).
"""

import hashlib
import pathlib
import subprocess
import tempfile
from dataclasses import dataclass

import numpy as np
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import ExplicitVRLittleEndian

from film_subject import LEGS

DX_FOR_PRESENTATION = "1.2.840.10008.5.1.4.1.1.1.1"
COMPUTED_RADIOGRAPHY = "1.2.840.10008.5.1.4.1.1.1"
RECORDED = ("20260101", "120000")
# encoding: the DCMTK program and options that make it
ENCODERS = {
    "jpeg-ls-near": ("dcmcjpls", "+en", "+un", "+md"),
    "jpeg-ls": ("dcmcjpls", "+el"),
    "jpeg-lossless": ("dcmcjpeg", "+e1"),
    "rle": ("dcmcrle",),
    "deflated": ("dcmconv", "+td"),
    "explicit": ("dcmconv", "+te"),
}


@dataclass
class Style:
    """How a film is stored."""

    encoding: str = "jpeg-ls-near"
    bits: int = 8                 # stored per pixel
    inverted: bool = False        # MONOCHROME1
    spacing: str = "detector"     # or "object", or "none" (a CR object)
    used: tuple = (0.0, 1.0)      # share of the gray values that occur
    windowed: bool = True         # the window is what is used, not all
    max_deviation: int = 2        # of jpeg-ls-near, in gray values


VIEW_CODES = {"AP": ("399348003", "Antero-posterior"),
              "LATERAL": ("399067008", "Lateral projection")}


def deterministic_uid(*parts):
    """A UID under 2.25 made from a hash of the parts."""
    text = " ".join(str(part) for part in ("osteon phantom", *parts))
    return f"2.25.{int(hashlib.sha256(text.encode()).hexdigest()[:32], 16)}"


def code(value, meaning, scheme="SCT"):
    item = Dataset()
    item.CodeValue = value
    item.CodingSchemeDesignator = scheme
    item.CodeMeaning = meaning
    return item


def write_film(path, film, style, label, seed, subject=LEGS):
    """Write film to path.  label: what the patient's name ends in."""
    dataset = FileDataset(str(path), {}, preamble=b"\0" * 128)
    dataset.is_little_endian, dataset.is_implicit_VR = True, False
    _add_identity(dataset, label, seed, style, subject)
    _add_acquisition(dataset, film, style, subject)
    _add_anatomy(dataset, subject)
    _add_pixels(dataset, film.pixels, style)
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = dataset.SOPClassUID
    meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.file_meta = meta
    with tempfile.TemporaryDirectory() as directory:
        raw = pathlib.Path(directory) / "raw.dcm"
        dataset.save_as(raw, write_like_original=False)
        program, *options = ENCODERS[style.encoding]
        if style.encoding == "jpeg-ls-near":
            options.append(str(style.max_deviation))
        subprocess.run([program, *options, str(raw), str(path)], check=True)


def _add_identity(dataset, label, seed, style, subject):
    computed = style.spacing == "none"
    dataset.SOPClassUID = (COMPUTED_RADIOGRAPHY if computed
                           else DX_FOR_PRESENTATION)
    dataset.SOPInstanceUID = deterministic_uid(seed, "instance")
    dataset.StudyInstanceUID = deterministic_uid(seed, "study")
    dataset.SeriesInstanceUID = deterministic_uid(seed, "series")
    dataset.Modality = "CR" if computed else "DX"
    dataset.PatientName = f"PHANTOM^{subject.name}^{label}"
    dataset.PatientID = f"PHANTOM-{label}"
    dataset.PatientBirthDate = ""
    dataset.PatientSex = "O"
    for moment in ("Study", "Acquisition", "Content"):
        setattr(dataset, moment + "Date", RECORDED[0])
        setattr(dataset, moment + "Time", RECORDED[1])
    dataset.AccessionNumber = ""
    dataset.ReferringPhysicianName = ""
    dataset.StudyID = str(seed)
    dataset.StudyDescription = "rendered phantom, not a patient"
    dataset.SeriesDescription = subject.series
    dataset.SeriesNumber = 1
    dataset.InstanceNumber = 1
    dataset.Manufacturer = "osteon"
    dataset.ManufacturerModelName = "phantom renderer"
    request = Dataset()
    request.RequestedProcedureID = str(seed)
    request.RequestedProcedureDescription = subject.series
    request.ScheduledProcedureStepID = "1"
    dataset.RequestAttributesSequence = Sequence([request])


def _add_acquisition(dataset, film, style, subject):
    beam, spacing = film.beam, film.detector.spacing
    dataset.ImageType = ["ORIGINAL", "PRIMARY"]
    dataset.ViewPosition = "AP" if subject.view == "AP" else "LL"
    if style.spacing == "none":
        return
    dataset.AcquisitionContextSequence = Sequence()
    view = code(*VIEW_CODES[subject.view])
    view.ViewModifierCodeSequence = Sequence()
    dataset.ViewCodeSequence = Sequence([view])
    dataset.PresentationIntentType = "FOR PRESENTATION"
    dataset.DetectorType = "DIRECT"
    dataset.PositionerType = "NONE"
    dataset.DistanceSourceToPatient = f"{beam.source_to_object:.3f}"
    dataset.DistanceSourceToDetector = (
        f"{beam.source_to_object + beam.object_to_detector:.3f}")
    dataset.ImagerPixelSpacing = [f"{spacing:.6f}"] * 2
    dataset.EstimatedRadiographicMagnificationFactor = (
        f"{beam.magnification:.8f}")
    if style.spacing == "object":
        dataset.PixelSpacing = [f"{film.object_spacing_mm:.6f}"] * 2
        dataset.PixelSpacingCalibrationType = "GEOMETRY"
        dataset.PixelSpacingCalibrationDescription = subject.plane


def _add_anatomy(dataset, subject):
    dataset.BodyPartExamined = subject.body_part
    dataset.ImageLaterality = subject.laterality
    usual = ("L", "F") if subject.view == "AP" else ("A", "F")
    dataset.PatientOrientation = list(subject.orientation or usual)
    dataset.AnatomicRegionSequence = Sequence([
        code(*subject.region)])


def _add_pixels(dataset, pixels, style):
    """pixels (rows, columns) in [0, 1], bright bone."""
    top_value = 2**style.bits - 1
    low, high = (share * top_value for share in style.used)
    shown = 1 - pixels if style.inverted else pixels
    stored = np.round(low + (high - low) * shown)
    wide = style.bits > 8
    dataset.Rows, dataset.Columns = pixels.shape
    dataset.SamplesPerPixel = 1
    dataset.PhotometricInterpretation = ("MONOCHROME1" if style.inverted
                                         else "MONOCHROME2")
    dataset.BitsAllocated = 16 if wide else 8
    dataset.BitsStored = style.bits
    dataset.HighBit = style.bits - 1
    dataset.PixelRepresentation = 0
    dataset.BurnedInAnnotation = "NO"
    dataset.LossyImageCompression = "00"
    slope, intercept = 1, 0
    if style.spacing == "none":  # a CR object may rescale
        slope, intercept = 4, -100
    else:
        dataset.PresentationLUTShape = ("INVERSE" if style.inverted
                                        else "IDENTITY")
        dataset.PixelIntensityRelationship = "LOG"
        dataset.PixelIntensityRelationshipSign = 1 if style.inverted else -1
    dataset.RescaleSlope, dataset.RescaleIntercept = slope, intercept
    dataset.RescaleType = "US"
    if not style.windowed:
        low, high = 0, top_value
    dataset.WindowCenter = round((low + high) / 2 * slope + intercept, 1)
    dataset.WindowWidth = round((high - low) * slope + 1, 1)
    content = stored.astype("<u2" if wide else "u1").tobytes()
    dataset.add_new("PixelData", "OW" if wide else "OB",
                    content + b"\0" * (len(content) % 2))
