// A chain of chips whose state can be changed: the bits of registers and memories that Verilog marks
// as public. See flips.py for what each call means.

#include "chip.cpp"

#include <map>

#include "verilated_syms.h"

namespace {

struct Places {
    // The context is the one that was made last: that of the chain which `flips_new` follows.
    Places() {
        for (const auto& scope : *Verilated::threadContextp()->scopeNameMap()) {
            const VerilatedVarNameMap* const variables = scope.second->varsp();
            if (!variables) continue;
            for (const auto& variable : *variables) {
                const std::string name = std::string{scope.second->name()} + "." + variable.first;
                sorted[name] = &variable.second;
            }
        }
        for (const auto& place : sorted) names.push_back(&place.first);
    }
    const VerilatedVar& at(std::size_t index) const { return *sorted.at(*names[index]); }

    std::map<std::string, const VerilatedVar*> sorted;
    std::vector<const std::string*> names;
};

}  // namespace

extern "C" {
Places* flips_new() { return new Places; }
void flips_delete(Places* places) { delete places; }
std::size_t flips_count(Places* places) { return places->names.size(); }
const char* flips_name(Places* places, std::size_t index) { return places->names[index]->c_str(); }
uint32_t flips_width(Places* places, std::size_t index) { return places->at(index).entBits(); }
uint32_t flips_depth(Places* places, std::size_t index) {
    const VerilatedVar& place = places->at(index);
    return place.udims() ? place.elements(1) : 1;
}
// Verilator keeps a word in as many bytes as it needs, the least significant first.
void flips_flip(Places* places, std::size_t index, uint32_t word, uint32_t bit) {
    const VerilatedVar& place = places->at(index);
    uint8_t* const data = static_cast<uint8_t*>(place.datap());
    data[word * place.entSize() + bit / 8] ^= 1 << bit % 8;
}
}
