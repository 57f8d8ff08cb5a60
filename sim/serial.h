// The host's end of a serial line: eight data bits, no parity, one stop bit.

#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <deque>

struct Byte {
    uint64_t cycle;
    uint32_t value;
    uint32_t bad;  // no stop bit, or a start bit that was over by its middle
};

// Bits to a line: start, eight data bits, stop. Bytes without a gap follow each other exactly.
class Transmitter {
public:
    double bit = 8;

    void write(const uint8_t* bytes, std::size_t count, double gap) {
        for (std::size_t i = 0; i < count; ++i) queue_.push_back({bytes[i], gap});
    }
    void clear() { queue_.clear(), frame_ = 0, line_ = true; }
    bool idle() const { return !frame_ && queue_.empty(); }
    std::size_t pending() const { return queue_.size(); }

    bool step(double now) {
        if (!frame_ && queue_.empty()) return line_;
        if (frame_ && now >= edge_) advance();
        if (!frame_ && !queue_.empty()) {
            // Straight after the last byte, or from now on.
            const double due = edge_ + queue_.front().gap * bit;
            if (now >= due) {
                const double start = now - due < 1 ? due : now;
                frame_ = 1u << 9 | queue_.front().value << 1;
                left_ = 10, line_ = false, edge_ = start + bit;
                queue_.pop_front();
            }
        }
        return line_;
    }

private:
    struct Item {
        uint32_t value;
        double gap;
    };

    void advance() {
        frame_ >>= 1;
        line_ = --left_ ? frame_ & 1 : true;
        if (left_) {
            edge_ += bit;
        } else {
            frame_ = 0;
        }
    }

    std::deque<Item> queue_;
    uint32_t frame_ = 0, left_ = 0;
    double edge_ = 0;
    bool line_ = true;
};

// Bytes from a line, sampled in the middle of each bit.
class Receiver {
public:
    double bit = 8;
    std::deque<Byte> bytes;

    void clear() { bytes.clear(), state_ = kIdle; }

    void step(bool line, uint64_t cycle) {
        if (state_ == kIdle) {
            if (line) return;
            state_ = 0, value_ = 0, sample_ = cycle + bit / 2;
        } else if (state_ == kBreak) {
            if (line) state_ = kIdle;
        } else if (cycle >= sample_) {
            sample_ += bit;
            if (state_ == 0 && line) {
                bytes.push_back({cycle, 0xff, 1}), state_ = kIdle;
            } else if (state_ == 9) {
                bytes.push_back({cycle, value_, !line}), state_ = line ? kIdle : kBreak;
            } else {
                if (state_) value_ |= uint32_t{line} << (state_ - 1);
                ++state_;
            }
        }
    }

private:
    static constexpr int kIdle = -1, kBreak = -2;
    int state_ = kIdle;
    uint32_t value_ = 0;
    double sample_ = 0;
};
