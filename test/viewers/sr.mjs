/* A structured report as dcmjs reads it: data set and measurement groups. */
import fs from "node:fs";
import { createRequire } from "node:module";

const dcmjs = createRequire(import.meta.url)("dcmjs");
const { DicomMessage, DicomMetaDictionary } = dcmjs.data;

dcmjs.log.setLevel("error");

/* A sequence of one is that one to dcmjs, and an absent one nothing. */
export function items(sequence) {
  if (sequence === undefined || sequence === null) return [];
  return Array.isArray(sequence) ? [...sequence] : [sequence];
}

export function read(file) {
  const bytes = fs.readFileSync(file);
  const dicom = DicomMessage.readFile(
    bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  const dataset = DicomMetaDictionary.naturalizeDataset(dicom.dict);
  dataset._meta = DicomMetaDictionary.namifyDataset(dicom.meta);
  return dataset;
}

export function code(item, sequence = "ConceptNameCodeSequence") {
  return items(item[sequence])[0] ?? {};
}

/* The items below one with that concept (code value). */
export function below(item, value) {
  return items(item.ContentSequence)
    .filter((child) => code(child).CodeValue === value);
}

/* The containers of measurement groups, wherever the report has them. */
export function groups(dataset) {
  return below(dataset, "126010").flatMap((part) => below(part, "125007"));
}

function points(scoord) {
  const xy = items(scoord.GraphicData).map(Number);
  const found = [];
  for (let i = 0; i + 1 < xy.length; i += 2) found.push([xy[i], xy[i + 1]]);
  return found;
}

export function scoords(item) {
  return items(item.ContentSequence)
    .filter((child) => child.ValueType === "SCOORD");
}

/* One group in words. A number's points are those of all its lines in order;
 * SCOORD counts from the corner of the first pixel. */
export function describe(group) {
  const site = below(group, "363698007")[0];
  const side = site && below(site, "272741003")[0];
  return {
    tracking: below(group, "112039")[0]?.TextValue,
    uid: below(group, "112040")[0]?.UID,
    site: site && code(site, "ConceptCodeSequence").CodeMeaning,
    side: side && code(side, "ConceptCodeSequence").CodeMeaning,
    numbers: items(group.ContentSequence)
      .filter((child) => child.ValueType === "NUM")
      .map((child) => {
        const value = items(child.MeasuredValueSequence)[0] ?? {};
        return {
          concept: code(child).CodeValue,
          meaning: code(child).CodeMeaning,
          value: Number(value.NumericValue),
          unit: code(value, "MeasurementUnitsCodeSequence").CodeValue,
          points: scoords(child).flatMap(points),
        };
      }),
  };
}
