// The only unit that sees libtorch (it alone takes 16 s to compile). It turns
// what libtorch 1.13 says into what an admin can act on: three kinds of wrong
// file are so common that their messages are known (saved after
// optimize_for_inference, a state_dict, a truncated download).

#include "inference/torch_model.h"

#include <ATen/Parallel.h>
#include <torch/csrc/jit/passes/inliner.h>
#include <torch/csrc/jit/runtime/graph_iterator.h>
#include <torch/script.h>

#include <cstring>
#include <sstream>
#include <streambuf>
#include <string>
#include <vector>

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

std::vector<int64_t> wanted_shape(const struct torch_output &output)
{
    std::vector<int64_t> shape{1};
    for (uint32_t i = 0; i + 1 < output.dimensions && i < 3; i++)
        shape.push_back(output.shape[i]);
    return shape;
}

std::string shape_text(at::IntArrayRef shape)
{
    std::ostringstream text;
    text << shape;
    return text.str();
}

bool check_output(const c10::IValue &value, const struct torch_output &output,
                  struct err *err)
{
    if (!value.isTensor())
        return err_set(err, ERR_REJECT, "output %s is %s, wanted a tensor",
                       output.name, value.tagKind().c_str());
    const at::Tensor &tensor = value.toTensor();
    if (tensor.scalar_type() != at::kFloat)
        return err_set(err, ERR_REJECT, "output %s holds %s, wanted float32",
                       output.name, c10::toString(tensor.scalar_type()));
    std::vector<int64_t> wanted = wanted_shape(output);
    if (tensor.sizes() != at::IntArrayRef(wanted))
        return err_set(err, ERR_REJECT, "output %s has shape %s, wanted %s",
                       output.name, shape_text(tensor.sizes()).c_str(),
                       shape_text(wanted).c_str());
    return true;
}

bool by_order(const c10::IValue &answer, const struct torch_shape *s,
              std::vector<c10::IValue> &out, struct err *err)
{
    if (answer.isTensor())
        out.push_back(answer);
    else
        out = answer.toTuple()->elements().vec();
    return out.size() == s->n_outputs ||
           err_set(err, ERR_REJECT,
                   "the network answers with %zu tensor%s, wanted %zu",
                   out.size(), out.size() == 1 ? "" : "s", s->n_outputs);
}

bool by_name(const c10::IValue &answer, const struct torch_shape *s,
             std::vector<c10::IValue> &out, struct err *err)
{
    c10::Dict<c10::IValue, c10::IValue> dict = answer.toGenericDict();
    for (size_t i = 0; i < s->n_outputs; i++) {
        c10::IValue key(std::string(s->outputs[i].name));
        if (!dict.keyType()->isSubtypeOf(*c10::StringType::get()) ||
            !dict.contains(key))
            return err_set(err, ERR_REJECT,
                           "the network's answer has no output %s",
                           s->outputs[i].name);
        out.push_back(dict.at(key));
    }
    return true;
}

bool take_outputs(const c10::IValue &answer, const struct torch_shape *s,
                  float *to, struct err *err)
{
    std::vector<c10::IValue> values;
    bool named = answer.isGenericDict();
    if (!named && !answer.isTensor() && !answer.isTuple())
        return err_set(err, ERR_REJECT,
                       "the network answers with %s, wanted a tensor, a tuple "
                       "or a dictionary",
                       answer.tagKind().c_str());
    if (!(named ? by_name : by_order)(answer, s, values, err))
        return false;
    for (size_t i = 0; i < s->n_outputs; i++) {
        const struct torch_output &output = s->outputs[i];
        if (!check_output(values[i], output, err))
            return false;
        at::Tensor tensor = values[i].toTensor().to(c10::kCPU).contiguous();
        memcpy(to, tensor.data_ptr<float>(), output.floats * sizeof(float));
        to += output.floats;
    }
    return true;
}

// A network computes. What libtorch has beside that (files, other processes)
// the sandbox stops; a bundle that asks for it is refused all the same, when an
// admin looks and not when it first fails to write.
const char *forbidden(const torch::jit::Node *node)
{
    static const struct {
        const char *name, *what;
    } operators[] = {{"aten::save", "writes files"},
                     {"aten::from_file", "opens files"},
                     {"prim::rpc_sync", "opens connections"},
                     {"prim::rpc_async", "opens connections"},
                     {"prim::rpc_remote", "opens connections"},
                     {"prim::PythonOp", "calls Python"}};
    for (const auto &op : operators)
        if (strcmp(node->kind().toQualString(), op.name) == 0)
            return op.what;
    return nullptr;
}

bool computes_only(const torch::jit::Module &network, struct err *err)
{
    for (const torch::jit::Module &module : network.modules()) {
        for (const torch::jit::Method &method : module.get_methods()) {
            auto graph = method.graph()->copy();
            torch::jit::Inline(*graph);
            torch::jit::DepthFirstGraphNodeIterator nodes(graph);
            while (const torch::jit::Node *node = nodes.next()) {
                const char *what = forbidden(node);
                if (what)
                    return err_set(err, ERR_REJECT,
                                   "the network %s (%s in %s); one that only "
                                   "computes is wanted",
                                   what, node->kind().toQualString(),
                                   method.name().c_str());
            }
        }
    }
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

// Weights in oneDNN's own order, computed once: a network takes 0.5 to 0.8 of
// its time, and its answers differ by about one in the seventh digit. One that
// libtorch cannot rewrite runs as it is.
void optimize(torch::jit::Module &module, const c10::Device &where)
{
    if (!where.is_cpu())
        return;
    try {
        torch::jit::Module copy = module.deepcopy();
        module = torch::jit::optimize_for_inference(copy);
    } catch (const std::bad_alloc &) {
        throw;
    } catch (const std::exception &) {
        return;
    }
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
        if (!computes_only(module, err))
            return false;
        module.eval();
        if (module.find_method("forward") == c10::nullopt)
            return err_set(err, ERR_REJECT,
                           "the network has no method forward");
        // a module that torch.jit.freeze made has no training flag left
        if (module.hasattr("training"))
            module = torch::jit::freeze(module);
        optimize(module, where);
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
        return take_outputs(model->module.forward({in}), shape, output, err);
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
