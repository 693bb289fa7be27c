/* Which fragments make up a frame (PS3.5 A.4). In order: a single frame has
 * them all; the Basic Offset Table says; one fragment for each frame; each
 * fragment that starts a JPEG stream starts a frame. */
#include "dicom/pixels_cc.h"

#include "dcmtk/dcmdata/dcpxitem.h"

namespace
{
struct fragment {
    Uint8 *bytes;
    size_t n;
    uint64_t offset; /* from the first fragment's item tag */
};

bool fragments_read(DcmPixelSequence *sequence,
                    std::vector<struct fragment> &out,
                    std::vector<Uint32> &table, struct err *err)
{
    uint64_t offset = 0;

    for (unsigned long i = 0; i < sequence->card(); i++) {
        DcmPixelItem *item = nullptr;
        struct fragment piece = {nullptr, 0, offset};
        if (sequence->getItem(item, i).bad())
            return err_set(err, ERR_REJECT, "fragment %lu is missing", i);
        piece.n = item->getLength();
        if (i == 0) {
            Uint8 *bytes = nullptr;
            if (piece.n > 0 && item->getUint8Array(bytes).good())
                for (size_t at = 0; at + 4 <= piece.n; at += 4)
                    table.push_back(static_cast<Uint32>(bytes[at]) |
                                    static_cast<Uint32>(bytes[at + 1]) << 8 |
                                    static_cast<Uint32>(bytes[at + 2]) << 16 |
                                    static_cast<Uint32>(bytes[at + 3]) << 24);
            continue;
        }
        offset += 8 + piece.n;
        out.push_back(piece);
    }
    if (out.empty())
        return err_set(err, ERR_REJECT, "PixelData has no fragments");
    return true;
}

bool load(DcmPixelSequence *sequence, size_t i, struct fragment &piece,
          struct err *err)
{
    DcmPixelItem *item = nullptr;

    if (sequence->getItem(item, i + 1).bad() ||
        (piece.n > 0 && item->getUint8Array(piece.bytes).bad()))
        return err_set(err, ERR_REJECT, "fragment %zu cannot be read", i + 1);
    return true;
}

/* JPEG and JPEG-LS start with SOI, JPEG 2000 with SOC and SIZ. */
bool starts(const struct fragment &piece)
{
    const Uint8 *b = piece.bytes;

    return piece.n >= 3 && b[0] == 0xFF &&
           ((b[1] == 0xD8 && b[2] == 0xFF) || (b[1] == 0x4F && b[2] == 0xFF));
}

bool by_table(const std::vector<struct fragment> &pieces,
              const std::vector<Uint32> &table, uint32_t frame, size_t *from,
              size_t *to)
{
    const bool last = frame + 1U == table.size();
    bool begun = last, ended = last;

    *to = pieces.size();
    for (size_t i = 0; i < pieces.size(); i++) {
        if (pieces[i].offset == table[frame]) {
            *from = i;
            begun = true;
        }
        if (!last && pieces[i].offset == table[frame + 1U]) {
            *to = i;
            ended = true;
        }
    }
    return begun && ended && *from < *to &&
           pieces[*from].offset == table[frame];
}

bool by_marker(DcmPixelSequence *sequence, std::vector<struct fragment> &pieces,
               uint32_t frames, uint32_t frame, size_t *from, size_t *to,
               struct err *err)
{
    std::vector<size_t> begins;

    for (size_t i = 0; i < pieces.size(); i++) {
        if (!load(sequence, i, pieces[i], err))
            return false;
        if (starts(pieces[i]))
            begins.push_back(i);
    }
    if (begins.size() != frames)
        return err_set(err, ERR_REJECT,
                       "%zu fragments for %u frames and no offset table that "
                       "tells which is which",
                       pieces.size(), frames);
    *from = begins[frame];
    *to = frame + 1 < frames ? begins[frame + 1] : pieces.size();
    return true;
}

} // namespace

bool pixels_frame_join(DcmPixelSequence *sequence, uint32_t frames,
                       uint32_t frame, std::vector<Uint8> &out, struct err *err)
{
    std::vector<struct fragment> pieces;
    std::vector<Uint32> table;
    size_t from = 0;

    if (!fragments_read(sequence, pieces, table, err))
        return false;
    size_t to = pieces.size();
    if (frames > pieces.size())
        return err_set(err, ERR_REJECT,
                       "NumberOfFrames is %u, PixelData has %zu fragments",
                       frames, pieces.size());
    if (frames == pieces.size()) {
        from = frame;
        to = frame + 1U;
    } else if (frames > 1 && (table.size() != frames ||
                              !by_table(pieces, table, frame, &from, &to))) {
        if (!by_marker(sequence, pieces, frames, frame, &from, &to, err))
            return false;
    }
    for (size_t i = from; i < to; i++) {
        if (!load(sequence, i, pieces[i], err))
            return false;
        if (pieces[i].n > 0)
            out.insert(out.end(), pieces[i].bytes,
                       pieces[i].bytes + pieces[i].n);
    }
    return true;
}
