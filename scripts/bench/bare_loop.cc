// What libtorch itself allows on this machine: decode, resample, forward, over
// the same films in one thread. No queue, no gates, no report, no sandbox.
//
//   bare_loop MODEL.pt ROWS COLUMNS THREADS ROUNDS FILE...
//
// Prints a JSON object: images per second, medians in milliseconds, and the
// resident size before and after the model was loaded.
#include "dcmtk/config/osconfig.h"
#include "dcmtk/dcmdata/dcrledrg.h"
#include "dcmtk/dcmdata/dctk.h"
#include "dcmtk/dcmjpeg/djdecode.h"
#include "dcmtk/dcmjpls/djdecode.h"

#include <ATen/Parallel.h>
#include <torch/script.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

static double now_ms()
{
    return std::chrono::duration<double, std::milli>(
               std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

static double resident_mb()
{
    std::ifstream status("/proc/self/status");
    std::string line;
    while (std::getline(status, line))
        if (line.compare(0, 6, "VmRSS:") == 0)
            return atof(line.c_str() + 6) / 1024;
    return 0;
}

static torch::Tensor decode(const char *path)
{
    DcmFileFormat file;
    const Uint16 *pixels = nullptr;
    Uint16 rows = 0, columns = 0;
    if (file.loadFile(path).bad() ||
        file.getDataset()
            ->chooseRepresentation(EXS_LittleEndianExplicit, NULL)
            .bad() ||
        file.getDataset()->findAndGetUint16(DCM_Rows, rows).bad() ||
        file.getDataset()->findAndGetUint16(DCM_Columns, columns).bad() ||
        file.getDataset()->findAndGetUint16Array(DCM_PixelData, pixels).bad()) {
        fprintf(stderr, "bare_loop: %s: cannot decode\n", path);
        exit(1);
    }
    auto wide = torch::empty({1, 1, rows, columns});
    float *to = wide.data_ptr<float>();
    std::copy(pixels, pixels + size_t(rows) * columns, to);
    return wide;
}

static double median(std::vector<double> values)
{
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

int main(int argc, char **argv)
{
    if (argc < 7) {
        fprintf(stderr, "usage: bare_loop MODEL.pt ROWS COLUMNS THREADS ROUNDS "
                        "FILE...\n");
        return 2;
    }
    DcmRLEDecoderRegistration::registerCodecs();
    DJDecoderRegistration::registerCodecs();
    DJLSDecoderRegistration::registerCodecs();
    at::set_num_threads(atoi(argv[4]));
    torch::NoGradGuard no_grad;
    double floor_mb = resident_mb();
    auto model = torch::jit::load(argv[1]);
    model.eval();
    std::vector<int64_t> size{atol(argv[2]), atol(argv[3])};
    for (int i = 0; i < 3; i++)
        model.forward({torch::zeros({1, 1, size[0], size[1]})});
    std::vector<double> decodes, forwards;
    double begun = now_ms();
    for (int round = 0; round < atoi(argv[5]); round++)
        for (char **path = argv + 6; *path; path++) {
            double start = now_ms();
            auto image = decode(*path);
            auto input = at::_upsample_bilinear2d_aa(image, size, false);
            input = input / input.max();
            double decoded = now_ms();
            auto answer = model.forward({input});
            forwards.push_back(now_ms() - decoded);
            decodes.push_back(decoded - start);
        }
    double seconds = (now_ms() - begun) / 1000;
    printf("{\"images_per_s\": %.3f, \"decode_ms\": %.2f, \"forward_ms\": "
           "%.2f, \"floor_mb\": %.1f, \"resident_mb\": %.1f}\n",
           double(forwards.size()) / seconds, median(decodes), median(forwards),
           floor_mb, resident_mb());
    return 0;
}
