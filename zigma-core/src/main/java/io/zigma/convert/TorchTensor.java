package io.zigma.convert;

import io.zigma.io.ShapedTensor;
import java.util.List;

/**
 * A view of a storage: element (i, j, …) has index offset + i·stride₀ + j·stride₁ + … of it.
 *
 * <p>Views may overlap, be transposed, or repeat elements with a stride of 0, but none exceeds its
 * storage.
 *
 * @param storage where the elements are
 * @param offset the first element
 * @param shape sides, none for a scalar
 * @param strides as many, in elements
 */
record TorchTensor(TorchStorage storage, long offset, List<Long> shape, List<Long> strides)
        implements PickleValue, ShapedTensor {

    // PyTorch's own limit
    private static final int MOST_AXES = 64;

    TorchTensor {
        shape = List.copyOf(shape);
        strides = List.copyOf(strides);
        require(shape.size() <= MOST_AXES, "a tensor has %s axes".formatted(shape.size()));
        require(
                shape.size() == strides.size(),
                "a tensor of shape %s has strides %s".formatted(shape, strides));
        require(
                offset >= 0
                        && shape.stream().allMatch(side -> side >= 0)
                        && strides.stream().allMatch(stride -> stride >= 0),
                "a tensor of shape %s with strides %s starts at element %s"
                        .formatted(shape, strides, offset));
        try {
            require(
                    end(offset, shape, strides) <= storage.elements(),
                    "a tensor of shape %s with strides %s from element %s on leaves its storage of %s elements"
                            .formatted(shape, strides, offset, storage.elements()));
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException("a tensor has the shape %s".formatted(shape), e);
        }
    }

    /** Number of elements; never more than a long holds. */
    long elements() {
        return elements(shape);
    }

    /** Receives the index of each element, in row-major order. */
    interface Visitor {

        /**
         * Receives one.
         *
         * @param element its index in the tensor
         * @param index its index in the storage
         */
        void visit(int element, int index);
    }

    /** Visits all elements of a tensor that has no more of them than an array can. */
    void visit(Visitor visitor) {
        int axes = shape.size();
        long[] sides = sides();
        long[] steps = strides.stream().mapToLong(Long::longValue).toArray();
        long[] place = new long[axes];
        int count = Math.toIntExact(elements());
        long index = offset;
        for (int element = 0; element < count; element++) {
            visitor.visit(element, (int) index);
            for (int axis = axes - 1; axis >= 0; axis--) {
                index += steps[axis];
                if (++place[axis] < sides[axis]) {
                    break;
                }
                index -= steps[axis] * sides[axis];
                place[axis] = 0;
            }
        }
    }

    private static long elements(List<Long> shape) {
        // 0 × 2^40 × 2^40 is a tensor without elements, not an overflow
        if (shape.contains(0L)) {
            return 0;
        }
        return shape.stream().reduce(1L, Math::multiplyExact);
    }

    /** The index after the last element that the view reaches. */
    private static long end(long offset, List<Long> shape, List<Long> strides) {
        if (elements(shape) == 0) {
            return offset;
        }
        long last = offset;
        for (int axis = 0; axis < shape.size(); axis++) {
            last = Math.addExact(last, Math.multiplyExact(shape.get(axis) - 1, strides.get(axis)));
        }
        return Math.addExact(last, 1);
    }

    private static void require(boolean holds, String sentence) {
        if (!holds) {
            throw new IllegalArgumentException(sentence + ", which cannot be");
        }
    }
}
