// The harness of a hashing core: a clock, work in, hits out. See core.py for what each call means.

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

#include "Vmodel.h"
#include "verilated.h"
#if VM_TRACE
#include "verilated_fst_c.h"
#endif

namespace {

struct Hit {
    uint64_t cycle;
    uint64_t lanes;
    uint32_t nonce;
    uint32_t tag;
};

enum Until : uint32_t { kCycles = 0, kLoaded = 1, kIdle = 2, kHit = 3 };

// Bits [low, low + 64) of a port that fits a machine word, and of one that does not.
template <typename T>
uint64_t bits(const T& port, unsigned low) {
    return static_cast<uint64_t>(port) >> low;
}
template <std::size_t N>
uint64_t bits(const VlWide<N>& port, unsigned low) {
    uint64_t result = 0;
    for (std::size_t word = 0; word < N; ++word) {
        const int shift = 32 * static_cast<int>(word) - static_cast<int>(low);
        const uint64_t value = port[word];
        if (shift >= 64 || shift <= -32) continue;
        result |= shift >= 0 ? value << shift : value >> -shift;
    }
    return result;
}

class Core {
public:
    explicit Core(uint64_t seed) : lfsr_(seed) {
        model_.work___05Fvalid = 0;
        model_.hits___05Fready = 0;
        reset();
    }
    ~Core() { model_.final(); }

    void reset() {
        work_.clear();
        model_.rst = 1;
        step();
        model_.rst = 0;
    }

    void write(const uint64_t* words, std::size_t count) {
        work_.insert(work_.end(), words, words + count);
    }

    uint64_t run(uint64_t cycles, uint32_t until) {
        uint64_t done = 0;
        const std::size_t hits = hits_.size();
        for (; done < cycles; ++done) {
            if (until == kLoaded && work_.empty()) break;
            if (until == kIdle && idle()) break;
            if (until == kHit && (hits_.size() > hits || idle())) break;
            step();
        }
        return done;
    }

    std::size_t take(Hit* out, std::size_t room) {
        std::size_t count = 0;
        for (; count < room && !hits_.empty(); ++count) {
            out[count] = hits_.front();
            hits_.pop_front();
        }
        return count;
    }

    bool idle() { return work_.empty() && settled().idle && !model_.hits___05Fvalid; }
    uint64_t cycle() const { return cycle_; }
    uint32_t hits_lost() { return settled().hits_lost; }
    uint32_t refused() { return settled().refused; }
    uint64_t hashed() const { return hashed_; }
    uint64_t starved() const { return starved_; }
    uint64_t turns() const { return turns_; }

    bool trace(const char* path, uint64_t cycles) {
#if VM_TRACE
        fst_ = std::make_unique<VerilatedFstC>();
        model_.trace(fst_.get(), 99);
        fst_->open(path);
        last_traced_ = cycle_ + cycles;
        return fst_->isOpen();
#else
        (void)path, (void)cycles;
        return false;
#endif
    }

private:
    Vmodel& settled() {
        if (!settled_) model_.eval();
        settled_ = true;
        return model_;
    }

    // Without a seed always; with one, in a pseudo-random half of the cycles (xorshift64).
    bool chance() {
        if (!lfsr_) return true;
        lfsr_ ^= lfsr_ << 13;
        lfsr_ ^= lfsr_ >> 7;
        lfsr_ ^= lfsr_ << 17;
        return lfsr_ >> 63;
    }

    // One cycle: inputs change while it is low, what is transferred is decided before it rises.
    // A word that is offered stays offered until it is taken.
    void step() {
        const bool active = !model_.rst;
        const bool waits = model_.work___05Fvalid && active;
        model_.clk = 0;
        model_.work___05Fvalid = active && !work_.empty() && (waits || chance());
        if (!work_.empty()) model_.work___05Fpayload = work_.front();
        model_.hits___05Fready = active && chance();
        model_.eval();
        dump();
        if (active) {
            hashed_ += model_.hashing;
            starved_ += model_.starved;
            turns_ += model_.turned != turned_;
        }
        turned_ = active && model_.turned;
        const bool taken = model_.work___05Fvalid && model_.work___05Fready;
        if (model_.hits___05Fvalid && model_.hits___05Fready) {
            const auto& hit = model_.hits___05Fpayload;
            hits_.push_back(Hit{cycle_, bits(hit, 40), static_cast<uint32_t>(bits(hit, 0)),
                                static_cast<uint32_t>(bits(hit, 32) & 0xff)});
        }
        model_.clk = 1;
        context_.timeInc(1);
        model_.eval();
        dump();
        context_.timeInc(1);
        if (taken) {
            work_.pop_front();
            model_.work___05Fvalid = 0;
        }
        ++cycle_;
        settled_ = !taken;
    }

    void dump() {
#if VM_TRACE
        if (!fst_) return;
        if (cycle_ < last_traced_) {
            fst_->dump(context_.time());
        } else {
            fst_->close();
            fst_.reset();
        }
#endif
    }

    // Tracing has to be announced to the context before the model is made.
    struct Context : VerilatedContext {
        Context() { traceEverOn(VM_TRACE); }
    };

    Context context_;
    Vmodel model_{&context_, "core"};
    std::deque<uint64_t> work_;
    std::deque<Hit> hits_;
    uint64_t lfsr_;
    uint64_t cycle_ = 0;
    uint64_t hashed_ = 0, starved_ = 0, turns_ = 0;
    bool turned_ = false;
    bool settled_ = false;
#if VM_TRACE
    std::unique_ptr<VerilatedFstC> fst_;
    uint64_t last_traced_ = 0;
#endif
};

}  // namespace

extern "C" {
Core* core_new(uint64_t seed) { return new Core(seed); }
void core_delete(Core* core) { delete core; }
void core_reset(Core* core) { core->reset(); }
void core_write(Core* core, const uint64_t* words, std::size_t count) { core->write(words, count); }
uint64_t core_run(Core* core, uint64_t cycles, uint32_t until) { return core->run(cycles, until); }
std::size_t core_take(Core* core, Hit* out, std::size_t room) { return core->take(out, room); }
bool core_idle(Core* core) { return core->idle(); }
uint64_t core_cycle(Core* core) { return core->cycle(); }
uint32_t core_hits_lost(Core* core) { return core->hits_lost(); }
uint32_t core_refused(Core* core) { return core->refused(); }
uint64_t core_hashed(Core* core) { return core->hashed(); }
uint64_t core_starved(Core* core) { return core->starved(); }
uint64_t core_turns(Core* core) { return core->turns(); }
bool core_trace(Core* core, const char* path, uint64_t cycles) { return core->trace(path, cycles); }
}
