// The harness of a chain of chips: two clocks, the wires between chips, and the host's serial port.
// See chip.py for what each call means.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "Vmodel.h"
#include "serial.h"
#include "verilated.h"
#if VM_TRACE
#include "verilated_fst_c.h"
#endif

namespace {

struct Fault {
    uint64_t from, to;
    uint32_t line, kind;
};

enum Until : uint32_t { kCycles = 0, kByte = 1, kSent = 2 };
enum Kind : uint32_t { kLow = 0, kHigh = 1, kFlip = 2 };

class Chain {
public:
    Chain(uint32_t chips, uint32_t hash, uint32_t link) : hash_(hash), link_(link) {
        for (uint32_t i = 0; i < chips; ++i) {
            chips_.push_back(
                std::make_unique<Vmodel>(&context_, ("chip" + std::to_string(i)).c_str()));
        }
        lines_.assign(2 * chips, true);
        // Registers have their initial values from the first evaluation on.
        for (auto& chip : chips_) chip->eval();
        reset();
    }
    ~Chain() {
        for (auto& chip : chips_) chip->final();
    }

    void reset() {
        transmitter.clear();
        faults_.clear();
        for (auto& chip : chips_) chip->rst = 1;
        for (const uint64_t end = hash_cycle_ + 8; hash_cycle_ < end;) step();
        for (auto& chip : chips_) chip->rst = 0;
        receiver.clear();
    }

    uint64_t run(uint64_t cycles, uint32_t until) {
        const std::size_t before = receiver.bytes.size();
        uint64_t done = 0;
        for (; done < cycles; ++done) {
            if (until == kByte && receiver.bytes.size() > before) break;
            if (until == kSent && transmitter.idle()) break;
            step();
        }
        return done;
    }

    std::size_t take(Byte* out, std::size_t room) {
        std::size_t count = 0;
        for (; count < room && !receiver.bytes.empty(); ++count) {
            out[count] = receiver.bytes.front();
            receiver.bytes.pop_front();
        }
        return count;
    }

    void rate(double bit) { transmitter.bit = receiver.bit = bit; }
    void ratio(uint32_t hash, uint32_t link) { hash_ = hash, link_ = link; }
    void disturb(const Fault& fault) { faults_.push_back(fault); }
    uint64_t cycle() const { return cycle_; }
    uint64_t hash_cycle() const { return hash_cycle_; }

    bool trace(const char* path, uint64_t cycles) {
#if VM_TRACE
        fst_ = std::make_unique<VerilatedFstC>();
        for (auto& chip : chips_) chip->trace(fst_.get(), 99);
        fst_->open(path);
        last_traced_ = cycle_ + cycles;
        return fst_->isOpen();
#else
        (void)path, (void)cycles;
        return false;
#endif
    }

    Transmitter transmitter;
    Receiver receiver;

private:
    // One link cycle. Wires have what chips drove in the cycle before. The link clock rises where
    // the hash clock falls, so the two never rise together.
    void step() {
        const std::size_t count = chips_.size();
        lines_[0] = transmitter.step(static_cast<double>(cycle_));
        for (std::size_t i = 0; i < count; ++i) {
            if (i) lines_[i] = chips_[i - 1]->next_tx;
            lines_[count + i] = chips_[i]->tx;
        }
        if (!faults_.empty()) disturb_lines();
        receiver.step(lines_[count], cycle_);

        due_ += hash_;
        const uint64_t hashes = due_ / link_;
        due_ %= link_;
        for (std::size_t i = 0; i < count; ++i) {
            chips_[i]->rx = lines_[i];
            chips_[i]->next_rx = i + 1 < count ? lines_[count + i + 1] : true;
            chips_[i]->clk = 1;
            if (hashes) chips_[i]->hash_clk = 0;
        }
        settle();
        for (auto& chip : chips_) {
            chip->clk = 0;
            if (hashes) chip->hash_clk = 1;
        }
        settle();
        for (uint64_t left = hashes; left > 1; --left) {
            for (int level = 0; level < 2; ++level) {
                for (auto& chip : chips_) chip->hash_clk = level;
                settle();
            }
        }
        hash_cycle_ += hashes;
        ++cycle_;
    }

    void settle() {
        for (auto& chip : chips_) chip->eval();
#if VM_TRACE
        if (fst_ && cycle_ < last_traced_) {
            fst_->dump(context_.time());
        } else if (fst_) {
            fst_->close();
            fst_.reset();
        }
#endif
        context_.timeInc(1);
    }

    void disturb_lines() {
        std::size_t kept = 0;
        for (const Fault& fault : faults_) {
            if (cycle_ >= fault.from && cycle_ < fault.to) {
                const bool old = lines_[fault.line];
                lines_[fault.line] = fault.kind == kFlip ? !old : fault.kind == kHigh;
            }
            if (cycle_ + 1 < fault.to) faults_[kept++] = fault;
        }
        faults_.resize(kept);
    }

    // Tracing has to be announced to the context before a model is made.
    struct Context : VerilatedContext {
        Context() { traceEverOn(VM_TRACE); }
    };

    Context context_;
    std::vector<std::unique_ptr<Vmodel>> chips_;
    std::vector<char> lines_;  // rx of each chip, then tx of each chip
    std::vector<Fault> faults_;
    uint64_t hash_, link_;
    uint64_t due_ = 0, cycle_ = 0, hash_cycle_ = 0;
#if VM_TRACE
    std::unique_ptr<VerilatedFstC> fst_;
    uint64_t last_traced_ = 0;
#endif
};

}  // namespace

extern "C" {
Chain* chain_new(uint32_t chips, uint32_t hash, uint32_t link) {
    return new Chain(chips, hash, link);
}
void chain_delete(Chain* chain) { delete chain; }
void chain_reset(Chain* chain) { chain->reset(); }
void chain_send(Chain* chain, const uint8_t* bytes, std::size_t count, double gap) {
    chain->transmitter.write(bytes, count, gap);
}
uint64_t chain_run(Chain* chain, uint64_t cycles, uint32_t until) {
    return chain->run(cycles, until);
}
std::size_t chain_take(Chain* chain, Byte* out, std::size_t room) { return chain->take(out, room); }
void chain_rate(Chain* chain, double bit) { chain->rate(bit); }
void chain_ratio(Chain* chain, uint32_t hash, uint32_t link) { chain->ratio(hash, link); }
void chain_disturb(Chain* chain, const Fault* fault) { chain->disturb(*fault); }
bool chain_idle(Chain* chain) { return chain->transmitter.idle(); }
std::size_t chain_pending(Chain* chain) { return chain->transmitter.pending(); }
uint64_t chain_cycle(Chain* chain) { return chain->cycle(); }
uint64_t chain_hash_cycle(Chain* chain) { return chain->hash_cycle(); }
bool chain_trace(Chain* chain, const char* path, uint64_t cycles) {
    return chain->trace(path, cycles);
}
}
