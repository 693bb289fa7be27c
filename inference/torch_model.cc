// The only unit that sees libtorch (it alone takes 16 s to compile). It turns
// what libtorch 1.13 says into what an admin can act on: three kinds of wrong
// file are so common that their messages are known (saved after
// optimize_for_inference, a state_dict, a truncated download).

#include "inference/torch_model.h"

#include <ATen/Parallel.h>
#include <torch/script.h>

#include <cstring>
#include <sstream>
#include <streambuf>
#include <string>

struct torch_model {
    torch::jit::Module module;
    c10::Device device;
};

namespace
{

// A stream over memory that is not copied.
class memory : public std::streambuf
{
  public:
    memory(const void *bytes, size_t n)
    {
        char *at = const_cast<char *>(static_cast<const char *>(bytes));
        setg(at, at, at + n);
    }

  protected:
    pos_type seekoff(off_type off, std::ios_base::seekdir dir,
                     std::ios_base::openmode) override
    {
        off_type base = dir == std::ios_base::beg   ? 0
                        : dir == std::ios_base::cur ? gptr() - eback()
                                                    : egptr() - eback();
        off_type to = base + off;
        if (to < 0 || to > egptr() - eback())
            return pos_type(off_type(-1));
        setg(eback(), eback() + to, egptr());
        return pos_type(to);
    }
    pos_type seekpos(pos_type pos, std::ios_base::openmode mode) override
    {
        return seekoff(off_type(pos), std::ios_base::beg, mode);
    }
};

bool contains(const std::string &text, const char *part)
{
    return text.find(part) != std::string::npos;
}

// The sentence that matters: without the C++ backtrace, and for an exception
// inside the network without the interpreter's trace before it.
std::string first_lines(const char *what)
{
    std::string text(what);
    size_t at = text.find("RuntimeError: ");
    if (at != std::string::npos)
        text.erase(0, at);
    text.erase(std::min(text.find("\nException raised from"), text.size()));
    for (char &c : text)
        c = c == '\n' ? ' ' : c;
    text.erase(text.find_last_not_of(' ') + 1);
    return text.substr(0, 300);
}

const char *known_trap(const std::string &text)
{
    if (contains(text, "required keyword attribute 'value' is undefined"))
        return "the file was saved after optimize_for_inference, which leaves "
               "the weights out: save the frozen module instead";
    if (contains(text, "constants.pkl"))
        return "the file is no TorchScript network but perhaps a state_dict: "
               "save the scripted or traced module with torch.jit.save";
    if (contains(text, "central directory") || contains(text, "zip archive"))
        return "the file is truncated or not a TorchScript file";
    if (contains(text, "Unknown builtin op"))
        return "the network needs operators that plain libtorch lacks "
               "(torchvision's are not available)";
    return nullptr;
}

bool out_of_memory(const std::string &text)
{
    return contains(text, "DefaultCPUAllocator") ||
           contains(text, "can't allocate memory") ||
           contains(text, "std::bad_alloc") ||
           contains(text, "CUDA out of memory");
}

bool caught(struct err *err, const char *doing, const char *what)
{
    std::string text = first_lines(what);
    const char *trap = known_trap(what);
    if (out_of_memory(what))
        return err_set(err, ERR_RETRY, "no memory %s: %s", doing, text.c_str());
    return err_set(err, ERR_REJECT, "%s: %s%s%s", doing, trap ? trap : "",
                   trap ? "; libtorch says: " : "", text.c_str());
}

// Runs what may throw and turns every exception into an err.
template <typename F> bool guarded(struct err *err, const char *doing, F body)
{
    try {
        return body();
    } catch (const c10::Error &e) {
        return caught(err, doing, e.what_without_backtrace());
    } catch (const std::bad_alloc &) {
        return err_set(err, ERR_RETRY, "no memory %s", doing);
    } catch (const std::exception &e) {
        return caught(err, doing, e.what());
    } catch (...) {
        return err_set(err, ERR_REJECT, "%s: an unknown exception", doing);
    }
}

bool set_device(const char *name, c10::Device &out, struct err *err)
{
    c10::Device device(name);
    if (device.is_cuda() && !at::hasCUDA())
        return err_set(err, ERR_REJECT,
                       "device %s: this libtorch was built without CUDA; set "
                       "inference.device to cpu, or build with TORCH_DIR",
                       name);
    if (!device.is_cpu() && !device.is_cuda())
        return err_set(err, ERR_REJECT,
                       "device %s is not known; inference.device is cpu or "
                       "cuda:N",
                       name);
    out = device;
    return true;
}

std::string shape_text(const at::Tensor &tensor)
{
    std::ostringstream text;
    text << tensor.sizes();
    return text.str();
}

bool check_output(const c10::IValue &value, const struct torch_shape *s,
                  at::Tensor &out, struct err *err)
{
    if (!value.isTensor())
        return err_set(err, ERR_REJECT,
                       "the network answers with %s instead of one tensor",
                       value.tagKind().c_str());
    out = value.toTensor();
    if (out.scalar_type() != at::kFloat)
        return err_set(err, ERR_REJECT,
                       "the network answers with %s instead of float32",
                       c10::toString(out.scalar_type()));
    if (out.dim() != 4 || out.size(0) != 1 || out.size(1) != s->channels ||
        out.size(2) != s->map_rows || out.size(3) != s->map_columns)
        return err_set(err, ERR_REJECT,
                       "the network answers with shape %s instead of "
                       "[1, %u, %u, %u]",
                       shape_text(out).c_str(), s->channels, s->map_rows,
                       s->map_columns);
    return true;
}

void set_threads(uint32_t threads)
{
    static bool once = false;
    if (once)
        return;
    once = true;
    at::set_num_threads(static_cast<int>(threads));
    at::set_num_interop_threads(1);
}

} // namespace

extern "C" struct torch_model *torch_model_load(const void *bytes, size_t n,
                                                const char *device,
                                                uint32_t threads,
                                                struct err *err)
{
    struct torch_model *model = nullptr;
    guarded(err, "loading the network", [&] {
        c10::Device where(c10::kCPU);
        if (!set_device(device, where, err))
            return false;
        set_threads(threads);
        memory buffer(bytes, n);
        std::istream in(&buffer);
        torch::jit::Module module = torch::jit::load(in, where);
        module.eval();
        if (module.find_method("forward") == c10::nullopt)
            return err_set(err, ERR_REJECT,
                           "the network has no method forward");
        // a module that torch.jit.freeze made has no training flag left
        if (module.hasattr("training"))
            module = torch::jit::freeze(module);
        model = new torch_model{module, where};
        return true;
    });
    return model;
}

extern "C" bool torch_model_run(struct torch_model *model,
                                const struct torch_shape *shape,
                                const float *input, float *output,
                                struct err *err)
{
    return guarded(err, "running the network", [&] {
        c10::InferenceMode guard;
        at::Tensor in = torch::from_blob(const_cast<float *>(input),
                                         {1, 1, int64_t(shape->rows),
                                          int64_t(shape->columns)},
                                         at::kFloat)
                            .to(model->device);
        at::Tensor out;
        if (!check_output(model->module.forward({in}), shape, out, err))
            return false;
        out = out.to(c10::kCPU).contiguous();
        memcpy(output, out.data_ptr<float>(),
               static_cast<size_t>(out.numel()) * sizeof(float));
        return true;
    });
}

extern "C" void torch_model_free(struct torch_model *model)
{
    struct err unused;
    guarded(&unused, "", [&] {
        delete model;
        return true;
    });
}
