"""Addresses of all kinds and networks: scripts as the standards print them."""

import re

import pytest

from sluice.firmware.addresses import (
    AddressError,
    Network,
    address_of,
    guess_network,
    script_for,
)

# Published: the genesis coinbase's, a P2SH example of BIP 16's first uses, BIP 173's and BIP 350's
# examples. A script, and its addresses by network.
KNOWN = [
    (
        "76a91462e907b15cbf27d5425399ebf6f0fb50ebb88f1888ac",
        {"main": "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"},
    ),
    (
        "a914748284390f9e263a4b766a75d0633c50426eb87587",
        {"main": "3CK4fEwbMP7heJarmU4eqA3sMbVJyEnU3V"},
    ),
    (
        "0014751e76e8199196d454941c45d1b3a323f1433bd6",
        {
            "main": "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
            "test": "tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx",
            "testnet4": "tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx",
            "signet": "tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx",
        },
    ),
    (
        "00201863143c14c5166804bd19203356da136c985678cd4d27a1b8c6329604903262",
        {
            "main": "bc1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3qccfmv3",
            "test": "tb1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3q0sl5k7",
        },
    ),
    (
        "512079be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798",
        {"main": "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0"},
    ),
    (
        "5120000000c4a5cad46221b2a187905e5266362b99d5e91c6ce24d165dab93e86433",
        {"test": "tb1pqqqqp399et2xygdj5xreqhjjvcmzhxw4aywxecjdzew6hylgvsesf3hn0c"},
    ),
    (
        "00148b133a3868993176b613738816247a7f4d357cae",
        {"regtest": "bcrt1q3vfn5wrgnychddsnwwypvfr60axn2l9weav648"},
    ),
]


@pytest.mark.parametrize(
    ("script", "network", "address"),
    [(script, network, address) for script, known in KNOWN for network, address in known.items()],
)
def test_known(script, network, address):
    assert script_for(address, Network(network)).hex() == script
    assert address_of(bytes.fromhex(script), Network(network)) == address
    assert guess_network(address) in (Network(network), Network.TEST)


@pytest.mark.parametrize("network", ["test", "testnet4", "signet", "regtest"])
def test_old_addresses_of_test_networks(network):
    assert script_for("mipcBbFg9gMiCh81Kj8tqqdgoZub1ZJRfn", Network(network))[:3].hex() == "76a914"


@pytest.mark.parametrize(
    ("address", "network", "message"),
    [
        (
            "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
            "test",
            "is an address of network main",
        ),
        (
            "tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx",
            "main",
            "is an address of network test or testnet4 or signet, not of main",
        ),
        ("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb", "main", "is no Bitcoin address"),
        ("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5", "main", "is no Bitcoin address"),
        ("", "main", "is no Bitcoin address"),
        ("1", "main", "is no Bitcoin address"),
        ("hello", "main", "is no Bitcoin address"),
        ("ü" * 40, "main", "is no Bitcoin address"),
        # BIP 350: version 16, and version 1 with another length.
        ("bc1sw50qgdz25j", "main", "is for witness version 16"),
        (
            "bc1pw508d6qejxtdg4y5r3zarvary0c5xw7kw508d6qejxtdg4y5r3zarvary0c5xw7kt5nd6y",
            "main",
            "is for witness version 1",
        ),
    ],
)
def test_refused(address, network, message):
    with pytest.raises(AddressError, match=f"^{message}"):
        script_for(address, Network(network))


#: How addresses begin: P2PKH, P2SH, P2WPKH, P2WSH, P2TR.
BEGINNINGS = {
    "main": ("1", "3", "bc1q", "bc1q", "bc1p"),
    "test": ("[mn]", "2", "tb1q", "tb1q", "tb1p"),
    "testnet4": ("[mn]", "2", "tb1q", "tb1q", "tb1p"),
    "signet": ("[mn]", "2", "tb1q", "tb1q", "tb1p"),
    "regtest": ("[mn]", "2", "bcrt1q", "bcrt1q", "bcrt1p"),
}


@pytest.mark.parametrize("network", BEGINNINGS)
def test_every_kind_on_every_network(network):
    """There and back again."""
    scripts = [script for script, _ in KNOWN[:5]]
    for script, beginning in zip(scripts, BEGINNINGS[network], strict=True):
        address = address_of(bytes.fromhex(script), Network(network))
        assert re.match(beginning, address)
        assert script_for(address, Network(network)).hex() == script
