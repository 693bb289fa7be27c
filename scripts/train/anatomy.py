"""The bones of one right leg in frames that make them easy to pose.

The meshes come one by one, each in its own frame.  Here the femur gets the
center of its head as origin, the tibia the center of its plateau, the pelvis
the center of its acetabulum; the small bones are set beside the large ones.
Body frame, mm: x anterior, y up, z to the patient's right (lateral).
"""

import numpy as np

from mesh import load_right_bones, vertex_normals

DISTAL_FEMUR_MM = 45     # the condyles, above the lowest point
PROXIMAL_TIBIA_MM = 30   # the plateau, below the highest point


class Anatomy:
    """Unposed bones, as Mesh attributes, and the points known on them.

    femur, patella: femur frame (origin: center of the femoral head).
    tibia, fibula, talus, calcaneus, ankle_center: tibia frame (origin:
    center of the plateau at the height of its highest point).
    pelvis: origin at the acetabular center; sacrum: likewise, for the right
    half of the pelvis; midline_z: lateral position of the symphysis there.
    """

    def __init__(self, mesh_directory):
        bones = load_right_bones(mesh_directory)
        self._set_femur(bones["femur"])
        self._set_tibia(bones["tibia"])
        self._set_beside_tibia(bones)
        self._set_patella(bones["patella"])
        self._set_pelvis(bones["pelvis"], bones["sacrum"])

    def _set_femur(self, femur):
        center, self.head_radius = fit_femoral_head(femur.vertices)
        self.femur = femur.shifted(-center)
        vertices = self.femur.vertices
        self.femur_length = -vertices[:, 1].min()  # head center to condyles
        self.knee_z = middle(distal_femur(vertices)[:, 2])

    def _set_tibia(self, tibia):
        plateau = proximal_tibia(tibia.vertices)
        center = np.array([middle(plateau[:, 0]), tibia.vertices[:, 1].max(),
                           middle(plateau[:, 2])])
        self.tibia = tibia.shifted(-center)
        self.tibia_length = -self.tibia.vertices[:, 1].min()
        self.ankle_center = find_plafond_center(self.tibia.vertices)

    def _set_beside_tibia(self, bones):
        """Fibula, talus and calcaneus by their neighborhood to the tibia."""
        vertices = self.tibia.vertices
        lowest = vertices[:, 1].min()
        ankle = vertices[vertices[:, 1] < lowest + 25]
        fibula = bones["fibula"]
        tip = np.array([fibula.vertices[:, 0].mean(),
                        fibula.vertices[:, 1].min(),
                        fibula.vertices[:, 2].mean()])
        # the lateral malleolus ends about 9 mm below the medial one
        self.fibula = fibula.shifted(
            np.array([ankle[:, 0].mean() - 6, lowest - 9,
                      ankle[:, 2].max() + 6.5]) - tip)
        self.talus = bones["talus"].shifted(
            self.ankle_center + [2, -2.8, 0]
            - top_center(bones["talus"].vertices))
        self.calcaneus = bones["calcaneus"].shifted(
            self.ankle_center + [-14, -24, 3]
            - top_center(bones["calcaneus"].vertices))

    def _set_patella(self, patella):
        """In front of the trochlea, clear of it by the cartilage."""
        box = 0.5 * (patella.vertices.min(0) + patella.vertices.max(0))
        vertices = self.femur.vertices
        height = vertices[:, 1] + self.femur_length
        trochlea = vertices[(height < 60)
                            & (np.abs(vertices[:, 2] - self.knee_z) < 12)]
        self.patella = patella.shifted(
            np.array([trochlea[:, 0].max() + 12, 42 - self.femur_length,
                      self.knee_z + 2]) - box)

    def _set_pelvis(self, pelvis, sacrum):
        center = find_acetabulum(pelvis, self.head_radius)
        self.pelvis = pelvis.shifted(-center)
        vertices = self.pelvis.vertices
        self.midline_z = vertices[:, 2].min() - 2  # half the symphysis
        self.sacrum = sacrum.shifted(
            np.array([vertices[:, 0].min() + 38, vertices[:, 1].max() - 62,
                      self.midline_z]) - sacrum.vertices.mean(0))


def middle(values):
    """Halfway between the smallest and the largest."""
    return 0.5 * (values.min() + values.max())


def half_width(values):
    return 0.5 * (values.max() - values.min())


def distal_femur(vertices):
    """The vertices (n, 3) of the condyles."""
    heights = vertices[:, 1]
    return vertices[heights < heights.min() + DISTAL_FEMUR_MM]


def proximal_tibia(vertices):
    """The vertices (n, 3) of the plateau."""
    heights = vertices[:, 1]
    return vertices[heights > heights.max() - PROXIMAL_TIBIA_MM]


def top_center(vertices):
    """Middle of the bounding box in x and z, highest point in y."""
    return np.array([middle(vertices[:, 0]), vertices[:, 1].max(),
                     middle(vertices[:, 2])])


def fit_sphere(points):
    """Least-squares center (3,) and radius of points (n, 3)."""
    matrix = np.c_[2 * points, np.ones(len(points))]
    solution = np.linalg.lstsq(matrix, (points**2).sum(1), rcond=None)[0]
    center = solution[:3]
    return center, np.sqrt(solution[3] + center @ center)


def fit_femoral_head(vertices):
    """Center and radius of the head: refit until the neck has dropped out."""
    heights = vertices[:, 1]
    candidates = vertices[heights > heights.max() - 60]
    center, radius = fit_sphere(vertices[heights > heights.max() - 18])
    for _ in range(30):
        off = np.abs(np.linalg.norm(candidates - center, axis=1) - radius)
        above_neck = candidates[:, 1] > center[1] - 0.3 * radius
        surface = candidates[(off < 1.2) & above_neck]
        if len(surface) < 20:
            break
        center, radius = fit_sphere(surface)
    return center, radius


def find_plafond_center(vertices):
    """Center of the tibial plafond, beside the medial malleolus.

    The malleolus takes the medial third of the distal end (-z is medial);
    the plafond is the lowest surface of what is lateral of it.
    """
    heights = vertices[:, 1]
    distal = vertices[heights < heights.min() + 30]
    medial, lateral = distal[:, 2].min(), distal[:, 2].max()
    width = lateral - medial
    plafond = distal[(distal[:, 2] > medial + 0.38 * width)
                     & (distal[:, 2] < lateral - 0.12 * width)]
    level = np.percentile(plafond[:, 1], 2)
    surface = plafond[plafond[:, 1] < level + 3]
    return np.array([surface[:, 0].mean(), level,
                     0.5 * (medial + 0.30 * width + lateral - 2)])


def find_acetabulum(pelvis, head_radius, cartilage_mm=3.0):
    """Center of the socket: where most normals meet one head radius away."""
    centers = (pelvis.vertices
               + vertex_normals(pelvis) * (head_radius + cartilage_mm))
    cells, votes = np.unique(np.round(centers / 6).astype(int), axis=0,
                             return_counts=True)
    best_votes, best = 0, None
    for cell in cells[np.argsort(-votes, kind="stable")[:40]]:
        center = cell * 6.0
        for _ in range(8):
            near = centers[np.linalg.norm(centers - center, axis=1) < 7]
            if len(near) < 5:
                break
            center = near.mean(0)
        found = (np.linalg.norm(centers - center, axis=1) < 4).sum()
        if found > best_votes:
            best_votes, best = found, center
    return best
