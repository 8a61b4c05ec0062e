// SPDX-License-Identifier: Apache-2.0
pragma solidity >=0.4.25 <0.9.0;

/// Writes down checkpoints of transparency logs: one call for each interval. Everything is a hash: nothing of an event,
/// nor of who reported it, gets on the chain. A log's writer is whoever anchored it first.
contract Anchor {
    struct Entry {
        uint64 size;
        bytes32 root;
        bytes32 noteHash;
        uint256 block_;
        uint256 time;
    }

    mapping(bytes32 => address) private writers;
    mapping(bytes32 => uint64) private sizes;
    mapping(bytes32 => mapping(uint64 => Entry)) private entries;

    event Anchored(bytes32 indexed originHash, uint64 size, bytes32 root, bytes32 noteHash);

    /// A log never shrinks and never has two roots for one size. That one tree begins with the other is not checked here:
    /// whoever holds both checkpoints does.
    function anchor(bytes32 originHash, uint64 size, bytes32 root, bytes32 noteHash) public {
        if (writers[originHash] == address(0)) {
            writers[originHash] = msg.sender;
        }
        require(writers[originHash] == msg.sender, "Anchor: another writer");
        Entry storage known = entries[originHash][size];
        if (known.block_ != 0) {
            require(known.root == root, "Anchor: another root for this size");
            return;
        }
        require(sizes[originHash] == 0 || size > sizes[originHash], "Anchor: the log has shrunk");
        sizes[originHash] = size;
        entries[originHash][size] = Entry(size, root, noteHash, block.number, block.timestamp);
        emit Anchored(originHash, size, root, noteHash);
    }

    /// Block and time (as the chain's blocks have it) in which exactly this was anchored; zeros where it was not.
    function anchored(bytes32 originHash, uint64 size, bytes32 root, bytes32 noteHash)
        public
        view
        returns (uint256, uint256)
    {
        Entry storage known = entries[originHash][size];
        if (known.root != root || known.noteHash != noteHash) {
            return (0, 0);
        }
        return (known.block_, known.time);
    }

    /// Size anchored last.
    function lastSize(bytes32 originHash) public view returns (uint64) {
        return sizes[originHash];
    }
}
