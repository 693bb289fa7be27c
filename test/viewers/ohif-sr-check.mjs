/* What OHIF would make of reports, without a browser: the demands of its loader,
 * where one group that breaks them hides the whole report, and cornerstone's
 * own adapter, which turns groups into editable measurements.
 *
 *     node ohif-sr-check.mjs SR...
 *
 * One line for each: groups, how many become which tool, or THROW and why.
 * Exit status 1 with any THROW.
 */
import { adaptersSR } from "@cornerstonejs/adapters";
import { metaData } from "@cornerstonejs/core";
import { below, code, groups, items, read, scoords } from "./sr.mjs";

const { MeasurementReport } = adaptersSR.Cornerstone3D;

/* Any image will do: pixels of 1 mm, so that world is image. */
metaData.addProvider((type) =>
  type === "imagePlaneModule"
    ? {
        frameOfReferenceUID: "2.25.1",
        rowCosines: [1, 0, 0],
        columnCosines: [0, 1, 0],
        imagePositionPatient: [0, 0, 0],
        rowPixelSpacing: 1,
        columnPixelSpacing: 1,
      }
    : undefined, 1000);

/* The images lines lie on, by the key the adapter looks them up with. */
function images(dataset) {
  const found = {};
  const visit = (item) => {
    for (const child of items(item.ContentSequence)) {
      for (const reference of items(child.ReferencedSOPSequence)) {
        const uid = reference.ReferencedSOPInstanceUID;
        const frame = reference.ReferencedFrameNumber ?? 1;
        found[uid] = found[`${uid}:${frame}`] = `image:${uid}`;
      }
      visit(child);
    }
  };
  visit(dataset);
  return found;
}

/* What the loader takes for granted of a group (OHIF 3.13, SOP class handler
 * of dicom-sr). */
function broken(group, seen) {
  const children = items(group.ContentSequence);
  const tracking = below(group, "112040")[0];
  const numbers = children.filter((child) => child.ValueType === "NUM");
  const lines = scoords(group);
  const faults = [];

  if (!below(group, "112039")[0]?.TextValue)
    faults.push("no Tracking Identifier");
  if (!tracking?.UID) faults.push("no Tracking Unique Identifier");
  else if (children.find((child) => child.ValueType === "UIDREF") !== tracking)
    faults.push("another UID comes before the Tracking Unique Identifier");
  if (seen.has(tracking?.UID)) faults.push("tracked as another group is");
  seen.add(tracking?.UID);
  if (children.some((child) => !code(child).CodeValue &&
      child.ValueType !== "IMAGE"))
    faults.push("an item has no concept");

  for (const number of numbers) {
    const value = items(number.MeasuredValueSequence)[0];
    if (!value || !code(value, "MeasurementUnitsCodeSequence").CodeValue)
      faults.push(`${code(number).CodeMeaning} has no value`);
    /* a region of the group serves all its numbers */
    if (lines.length === 0 && scoords(number).length === 0)
      faults.push(`${code(number).CodeMeaning} has no line`);
    lines.push(...scoords(number));
  }
  if (lines.length === 0) faults.push("no line");
  for (const line of lines)
    if (!items(items(line.ContentSequence)[0]?.ReferencedSOPSequence)[0]
        ?.ReferencedSOPInstanceUID)
      faults.push("a line is on no image");
  return faults;
}

/* What asks to become a measurement: a tool's name, or a region. The others are
 * shown as they are; the adapter stumbles over them, and the viewer never asks. */
function editable(group) {
  const name = below(group, "112039")[0]?.TextValue ?? "";

  return scoords(group).length > 0 ||
    MeasurementReport.getAdapterForTrackingIdentifier(name) !== undefined;
}

/* The adapter reports what it could not do in a warning, and goes on. */
function toolState(dataset) {
  const { log, warn } = console;
  const faults = [];

  console.log = () => {};
  console.warn = (text, group, error) => {
    if (error === undefined || editable(group))
      faults.push(`adapter: ${error?.message ?? text}`);
  };
  try {
    return [MeasurementReport.generateToolState(dataset, images(dataset),
      metaData), faults];
  } catch (error) {
    return [{}, [`adapter: ${error.message}`]];
  } finally {
    Object.assign(console, { log, warn });
  }
}

function pointsFinite(name, measurements) {
  return measurements
    .filter((m) => !m.annotation.data.handles.points?.length ||
      !m.annotation.data.handles.points.flat().every(Number.isFinite))
    .map(() => `${name} with a point that is none`);
}

function check(file) {
  const dataset = read(file);
  const measured = below(dataset, "126010")[0];
  const faults = [];
  const seen = new Set();
  let tools = {};

  if (code(dataset).CodeValue !== "126000")
    faults.push("no Imaging Measurement Report");
  for (const group of groups(dataset)) faults.push(...broken(group, seen));
  if (measured) {
    const [state, refused] = toolState(dataset);
    faults.push(...refused);
    tools = state;
  }
  for (const [name, measurements] of Object.entries(tools))
    faults.push(...pointsFinite(name, measurements));
  const made = Object.entries(tools).map(([name, all]) =>
    ` ${all.length} ${name}`);
  console.log(`${file}: ${seen.size} groups;${made.join(",") || " none editable"}`);
  for (const fault of faults) console.log(`${file}: THROW ${fault}`);
  return faults.length === 0;
}

const good = process.argv.slice(2).map(check);
process.exit(good.length > 0 && good.every(Boolean) ? 0 : 1);
