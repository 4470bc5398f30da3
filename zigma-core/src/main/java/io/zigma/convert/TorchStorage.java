package io.zigma.convert;

import io.zigma.io.SafetensorsHeader;

/**
 * A run of elements that tensors are views of; the pickle names it, the bytes are outside of it.
 *
 * <p>The device it was saved on is left out: the bytes are the same on any.
 *
 * @param type of the elements
 * @param key its name among the file's storages
 * @param elements how many there are
 */
record TorchStorage(TorchType type, String key, long elements) implements PickleValue {

    TorchStorage {
        // virtual machines stop a few elements short of 2^31-1
        if (elements < 0 || elements > (Integer.MAX_VALUE - 8L) / type.bytes()) {
            throw new IllegalArgumentException(
                    "storage %s has %s elements of %s bytes, more than one array can hold"
                            .formatted(SafetensorsHeader.shown(key), elements, type.bytes()));
        }
    }

    /** Size of the data in the file. */
    int bytes() {
        return (int) (elements * type.bytes());
    }
}
