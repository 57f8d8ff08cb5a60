// A netlist of cells, event by event: delays and energies of a Liberty library, glitches included.
//
//   gates NETLIST STIMULUS
//
// NETLIST (made by energy.py; names are in design order, all numbers in decimal, rows in hex):
//   voltage clock_slew output_load                       V, ps, fF
//   tables N;  each: slews loads, the slews, the loads, the values           ps, fF -> ps or fJ
//   cells N;   each: name inputs outputs clock gate leakage                  clock: pin or -1; nW
//              gate: 1 for a clock gate, whose input that is not the clock enables it
//              each input:  capacitance, tables for its rise, for its fall   fF, passive energy
//              each output: rows, then for each input and each edge of the output (fall, rise):
//              arcs (sense, delay, slew)..., energies...
//   nets N clock                                          0 and 1 are the constants
//   instances N;  each: cell block, a net for each input, one for each output (-1: none)
//   ports N and the nets that carry a load outside
// STIMULUS:
//   blocks reset_cycles cycles
//   reset valid ready N (the bits of the payload)        nets
//   always N and the nets that are one
//   words N and their values
//   begin                                                cycles measured begin so long after the last word
//   watch N and the nets whose values are printed, one line a cycle; bit 0 is the last character
//
// Output: a line of JSON a block, one for all, then the watched nets.
//
// A gate whose inputs change decides anew: an edge that has not come out yet is withdrawn if the
// output is not to change after all (inertial delay). Each net settles before the next clock edge,
// however long that takes; how long is printed.
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>
using namespace std;

struct Table {
  vector<double> slews, loads, values;
  static void place(const vector<double>& index, double x, size_t& at, double& part) {
    at = 0;
    part = 0;
    if (index.size() < 2) return;
    while (at + 2 < index.size() && index[at + 1] <= x) at++;
    part = (x - index[at]) / (index[at + 1] - index[at]);
  }
  double at(double slew, double load) const {
    size_t i, j;
    double p, q;
    place(slews, slew, i, p);
    place(loads, load, j, q);
    size_t wide = loads.size(), right = wide > 1 ? 1 : 0, down = slews.size() > 1 ? wide : 0;
    const double* v = &values[i * wide + j];
    return (v[0] * (1 - q) + v[right] * q) * (1 - p) + (v[down] * (1 - q) + v[down + right] * q) * p;
  }
};
struct Arc { int sense, delay, slew; };
struct Edge { vector<Arc> arcs; vector<int> energies; };
struct Input { double capacitance; vector<int> passive[2]; };
struct Output { uint64_t rows; vector<Edge> edges; };
struct Cell { string name; int clock, gate; double leakage; vector<Input> inputs; vector<Output> outputs; };
struct Instance { int cell, block; vector<int> inputs, outputs; };
// One output of an instance: what it does when its inputs change.
struct Gate {
  int net, block, inputs, clock;
  uint64_t rows;
  int first;        // of its pins in the arrays below
  unsigned row = 0, serial = 0;
  int waiting = -1, from = 0;
};
struct Pin { int delay[2]; float energy[2]; };
// What clock gates drive: what opens it, and what an open cycle takes; the root is always open.
struct Domain { int enable; double internal = 0, pins = 0; };
struct Sink { int gate, pin, block; float passive[2]; };
struct Event { int what; unsigned serial; int value, kind; };

static vector<Table> tables;
static double mean(const vector<int>& which, double slew, double load) {
  double sum = 0;
  for (int i : which) sum += tables[i].at(slew, load);
  return which.empty() ? 0 : sum / which.size();
}

int main(int count, char** arguments) {
  if (count != 3) return 2;
  ifstream in(arguments[1]);
  string word;
  double voltage, clock_slew, output_load;
  in >> voltage >> clock_slew >> output_load;
  int n;
  auto list = [&](auto& into, int length) { into.resize(length); for (auto& x : into) in >> x; };
  in >> word >> n;
  tables.resize(n);
  for (auto& t : tables) {
    int a, b;
    in >> a >> b;
    list(t.slews, a); list(t.loads, b); list(t.values, a * b);
  }
  auto numbers = [&](vector<int>& into) { int k; in >> k; list(into, k); };
  in >> word >> n;
  vector<Cell> cells(n);
  for (auto& c : cells) {
    int inputs, outputs;
    in >> c.name >> inputs >> outputs >> c.clock >> c.gate >> c.leakage;
    c.inputs.resize(inputs);
    for (auto& pin : c.inputs) { in >> pin.capacitance; numbers(pin.passive[1]); numbers(pin.passive[0]); }
    c.outputs.resize(outputs);
    for (auto& o : c.outputs) {
      in >> hex >> o.rows >> dec;
      o.edges.resize(2 * inputs);
      for (auto& e : o.edges) {
        int k;
        in >> k;
        e.arcs.resize(k);
        for (auto& a : e.arcs) in >> a.sense >> a.delay >> a.slew;
        numbers(e.energies);
      }
    }
  }
  int nets, clock;
  in >> word >> nets >> clock >> word >> n;
  vector<Instance> instances(n);
  vector<double> load(nets, 0);
  vector<int> driver(nets, 0);
  vector<vector<int>> users(nets);
  for (int i = 0; i < n; i++) {
    auto& x = instances[i];
    in >> x.cell >> x.block;
    auto& c = cells[x.cell];
    list(x.inputs, c.inputs.size()); list(x.outputs, c.outputs.size());
    for (size_t k = 0; k < x.inputs.size(); k++) load[x.inputs[k]] += c.inputs[k].capacitance;
    for (int net : x.outputs) if (net >= 0) driver[net] = x.block;
    if (c.clock < 0) for (int net : x.inputs) users[net].push_back(i);
  }
  in >> word >> n;
  for (int i = 0; i < n; i++) { int net; in >> net; load[net] += output_load; }
  if (!in) { fprintf(stderr, "the netlist ends early\n"); return 1; }

  // Slews, from flip-flops and ports on; then delays and energies of each pin.
  vector<array<double, 2>> slew(nets, {clock_slew, clock_slew});
  vector<int> missing(instances.size(), 0), order;
  vector<char> driven(nets, 0);
  for (auto& x : instances) for (int net : x.outputs) if (net >= 0) driven[net] = 1;
  for (size_t i = 0; i < instances.size(); i++) {
    auto& x = instances[i];
    if (cells[x.cell].clock < 0) for (int net : x.inputs) missing[i] += driven[net];
    if (!missing[i]) order.push_back(i);
  }
  vector<Gate> gates;
  vector<Pin> pins;
  vector<int> pin_nets;
  vector<vector<Sink>> sinks(nets);
  vector<int> flops;                       // gates of flip-flops
  vector<vector<int>> flop_inputs;
  vector<int> flop_clocks, flop_domains, domain(nets, 0);  // a domain for each clock net
  vector<Domain> domains(1, Domain{1});
  int leaves = 0;                          // clock pins at the root
  vector<double> leakage;
  for (size_t q = 0; q < order.size(); q++) {
    auto& x = instances[order[q]];
    auto& c = cells[x.cell];
    for (size_t o = 0; o < x.outputs.size(); o++) {
      int net = x.outputs[o];
      if (net < 0) continue;
      if (c.gate) {
        double taken = 0;
        for (int e : {0, 1}) taken += mean(c.outputs[o].edges[2 * c.clock + e].energies, clock_slew, load[net]);
        domain[net] = domains.size();
        domains.push_back({x.inputs[1 - c.clock], taken});
        continue;
      }
      Gate g{net, x.block, (int)x.inputs.size(), c.clock, c.outputs[o].rows, (int)pins.size()};
      array<double, 2> sum = {0, 0};
      array<int, 2> arcs = {0, 0};
      for (size_t k = 0; k < x.inputs.size(); k++) {
        auto& s = slew[x.inputs[k]];
        double middle = (s[0] + s[1]) / 2;
        Pin p{};
        for (int e : {0, 1}) {
          auto& edge = c.outputs[o].edges[2 * k + e];
          double delay = 0;
          for (auto& a : edge.arcs) {
            double from = a.sense > 0 ? s[e] : a.sense < 0 ? s[1 - e] : middle;
            delay += tables[a.delay].at(from, load[net]);
            sum[e] += tables[a.slew].at(from, load[net]);
            arcs[e]++;
          }
          p.delay[e] = edge.arcs.empty() ? 0 : max(1, (int)(delay / edge.arcs.size() + 0.5));
          p.energy[e] = mean(edge.energies, middle, load[net]);
        }
        for (int e : {0, 1}) if (!p.delay[e]) p.delay[e] = max(1, p.delay[1 - e]);
        pins.push_back(p);
        pin_nets.push_back(x.inputs[k]);
      }
      for (int e : {0, 1}) if (arcs[e]) slew[net][e] = sum[e] / arcs[e];
      if (c.clock >= 0) { flops.push_back(gates.size()); flop_inputs.push_back(x.inputs); flop_clocks.push_back(x.inputs[c.clock]); }
      else for (size_t k = 0; k < x.inputs.size(); k++) sinks[x.inputs[k]].push_back({(int)gates.size(), (int)k, x.block, {0, 0}});
      gates.push_back(g);
      for (int user : users[net]) if (!--missing[user]) order.push_back(user);
    }
    if ((int)leakage.size() <= x.block) leakage.resize(x.block + 1, 0);
    leakage[x.block] += c.leakage;
  }
  for (int net : flop_clocks) flop_domains.push_back(domain[net]);
  if (order.size() != instances.size()) { fprintf(stderr, "there is a loop without a flip-flop\n"); return 1; }
  for (auto& x : instances) {
    auto& c = cells[x.cell];
    for (size_t k = 0; k < x.inputs.size(); k++) {
      int net = x.inputs[k];
      double up = mean(c.inputs[k].passive[1], slew[net][1], 0), down = mean(c.inputs[k].passive[0], slew[net][0], 0);
      if ((int)k == c.clock) {
        Domain& d = domains[domain[net]];
        d.internal += up + down;
        d.pins += c.inputs[k].capacitance;
        leaves += !domain[net];
      }
      else if (up != 0 || down != 0) sinks[net].push_back({-1, 0, x.block, {(float)down, (float)up}});
    }
  }

  ifstream st(arguments[2]);
  int blocks, resets, cycles, reset, valid, ready, begin;
  auto listed = [&](auto& into) { int k; st >> word >> k; into.resize(k); for (auto& v : into) st >> v; };
  vector<int> payload, always, watch;
  vector<uint64_t> words;
  st >> blocks >> resets >> cycles >> reset >> valid >> ready;
  listed(payload); listed(always); listed(words);
  st >> begin;
  listed(watch);
  if (!st) { fprintf(stderr, "the stimulus ends early\n"); return 1; }
  leakage.resize(blocks, 0);

  const int wheel_size = 1 << 16;
  vector<vector<Event>> wheel(wheel_size);
  vector<uint8_t> value(nets, 0), before;
  vector<uint8_t> next(flops.size()), open(domains.size(), 1);
  double clock_internal = 0, clock_pins = 0;
  vector<double> net_energy(blocks, 0), internal(blocks, 0);
  vector<long long> toggles(blocks, 0), needed(blocks, 0);
  long long now = 0, pending = 0, settle = 0, measured = 0;
  bool measuring = false;
  auto put = [&](long long when, Event e) { wheel[when & (wheel_size - 1)].push_back(e); pending++; };
  auto decide = [&](int index, int pin) {
    Gate& g = gates[index];
    int wanted = g.rows >> g.row & 1;
    if (g.waiting >= 0) {
      if (g.waiting == wanted) return;
      g.serial++;
      g.waiting = -1;
    }
    if (wanted == value[g.net]) return;
    g.waiting = wanted;
    g.from = pin;
    put(now + pins[g.first + pin].delay[wanted], {index, g.serial, wanted, 0});
  };
  auto change = [&](int net, int to) {
    if (value[net] == to) return;
    value[net] = to;
    if (measuring) {
      net_energy[driver[net]] += 0.5 * load[net] * voltage * voltage;
      toggles[driver[net]]++;
    }
    for (auto& s : sinks[net]) {
      if (measuring) internal[s.block] += s.passive[to];
      if (s.gate >= 0) { gates[s.gate].row ^= 1u << s.pin; decide(s.gate, s.pin); }
    }
  };
  // Where nothing is measured only values at the end of a cycle count; gates are in their order.
  auto skip = [&] {
    for (Gate& g : gates) {
      if (g.clock >= 0) continue;
      g.row = 0;
      for (int k = 0; k < g.inputs; k++) g.row |= (unsigned)value[pin_nets[g.first + k]] << k;
      value[g.net] = g.rows >> g.row & 1;
    }
  };
  auto settled = [&] {
    long long began = now, last = now;
    while (pending) {
      auto& slot = wheel[now & (wheel_size - 1)];
      for (size_t q = 0; q < slot.size(); q++) {
        Event e = slot[q];
        pending--;
        last = now;
        if (e.kind == 1) { change(e.what, e.value); continue; }
        Gate& g = gates[e.what];
        if (e.kind == 0) {
          if (g.serial != e.serial || g.waiting < 0) continue;
          g.waiting = -1;
          g.serial++;
        }
        if (measuring) internal[g.block] += pins[g.first + (e.kind == 2 ? g.clock : g.from)].energy[e.value];
        change(g.net, e.value);
      }
      slot.clear();
      now++;
      if (now - began > wheel_size / 2) { fprintf(stderr, "it does not settle\n"); exit(1); }
    }
    return last - began;
  };
  value[1] = 1;
  skip();
  vector<string> lines;
  size_t sent = 0;
  long long from = -1;
  for (int cycle = 0; from < 0 || cycle < from + cycles; cycle++) {
    if (from < 0 && cycle > 100000) { fprintf(stderr, "a word is never taken\n"); return 1; }
    bool taken = value[valid] && value[ready];
    if (taken) sent++;
    if (taken && sent == words.size()) from = cycle + begin;
    measuring = from >= 0 && cycle >= from;
    for (size_t d = 0; d < domains.size(); d++) {
      open[d] = value[domains[d].enable];
      if (measuring && open[d]) { clock_internal += domains[d].internal; clock_pins += domains[d].pins; }
    }
    for (size_t i = 0; i < flops.size(); i++) {
      Gate& g = gates[flops[i]];
      next[i] = value[g.net];
      if (!open[flop_domains[i]]) continue;
      unsigned row = 0;
      for (int k = 0; k < g.inputs; k++) row |= (unsigned)value[flop_inputs[i][k]] << k;
      next[i] = g.rows >> row & 1;
    }
    for (size_t i = 0; i < flops.size(); i++) {
      Gate& g = gates[flops[i]];
      if (!measuring) value[g.net] = next[i];
      else if (next[i] != value[g.net]) put(now + pins[g.first + g.clock].delay[next[i]], {flops[i], 0, next[i], 2});
    }
    auto drive = [&](int net, int to) {
      if (net <= 1 || value[net] == to) return;
      if (!measuring) value[net] = to;
      else put(now + (long long)clock_slew, {net, 0, to, 1});
    };
    drive(reset, cycle < resets);
    for (int net : always) drive(net, 1);
    bool send = cycle >= resets && sent < words.size();
    drive(valid, send);
    for (size_t i = 0; i < payload.size(); i++) drive(payload[i], send ? words[sent] >> i & 1 : 0);
    if (!measuring) skip();
    else {
      before = value;
      long long took = settled();
      measured++;
      settle = max(settle, took);
      for (int i = 0; i < nets; i++) needed[driver[i]] += value[i] != before[i];
    }
    string line(watch.size(), '0');
    for (size_t i = 0; i < watch.size(); i++) if (value[watch[i]]) line[watch.size() - 1 - i] = '1';
    lines.push_back(line);
    now += wheel_size - (now & (wheel_size - 1));
  }
  for (int b = 0; b < blocks; b++)
    printf("{\"net\": %.6g, \"internal\": %.6g, \"leakage\": %.6g, \"toggles\": %lld, \"needed\": %lld}\n", net_energy[b], internal[b], leakage[b], toggles[b], needed[b]);
  printf("{\"cycles\": %lld, \"flip_flops\": %zu, \"clock_internal\": %.6g, \"clock_pins\": %.6g, \"leaves\": %d, \"leaf_pins\": %.6g, \"settle\": %lld}\n",
         measured, flops.size(), clock_internal / measured, clock_pins / measured, leaves, domains[0].pins, settle);
  for (auto& line : lines) puts(line.c_str());
}
