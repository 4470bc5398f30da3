package io.zigma.train.optim;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Where the weights of a model lie in one array. A device takes about as long to begin an operation
 * as a processor takes for a small weight, so that updating all weights at once takes a few
 * operations in place of some for each weight.
 *
 * <p>Weights that are updated alike lie side by side, in groups; each begins at a multiple of 256
 * bytes, as arrays of their own do. Nothing is between them but zeros, which stay zeros.
 */
public final class FlatLayout {

    /** In floats. */
    private static final int ALIGNMENT = 64;

    private final List<Group> groups;
    private final long size;

    /** A weight's place in its group. */
    private record Piece(String name, Shape shape, long from) {

        long to() {
            return from + shape.size();
        }
    }

    /**
     * Makes a layout.
     *
     * @param alike maps of weights by name, each updated alike; empty ones are left out
     */
    FlatLayout(List<Map<String, Shape>> alike) {
        List<Group> all = new ArrayList<>();
        long from = 0;
        for (Map<String, Shape> members : alike) {
            Group group = new Group(members, from, all.size());
            all.add(group);
            from += group.size;
        }
        groups = Collections.unmodifiableList(all);
        size = from;
    }

    /** Weights that are updated alike, side by side. */
    static final class Group {

        private final List<Piece> pieces = new ArrayList<>();
        private final long from;
        private final long size;
        private final int number;

        private Group(Map<String, Shape> members, long from, int number) {
            long end = 0;
            for (Map.Entry<String, Shape> member : members.entrySet()) {
                Piece piece = new Piece(member.getKey(), member.getValue(), end);
                pieces.add(piece);
                end = padded(piece.to());
            }
            this.from = from;
            this.size = end;
            this.number = number;
        }

        /** Returns how many weights there are. */
        int count() {
            return pieces.size();
        }

        /** Returns the name of the first weight. */
        String name() {
            return pieces.get(0).name();
        }

        /** Returns the shape of the first weight. */
        Shape shape() {
            return pieces.get(0).shape();
        }

        /**
         * Returns the weights in an array of this group.
         *
         * @param flat (size)
         * @return views of the weights' shapes by name, in the manager of the array
         */
        Map<String, NDArray> views(NDArray flat) {
            List<Long> bounds = new ArrayList<>();
            for (Piece piece : pieces) {
                bounds.add(piece.from());
                bounds.add(piece.to());
            }
            NDList parts = flat.split(inner(bounds, size), 0);
            Map<String, NDArray> views = new LinkedHashMap<>();
            long start = 0;
            int next = 0;
            for (NDArray part : parts) {
                long at = start;
                start += part.size();
                Piece piece = next < pieces.size() ? pieces.get(next) : null;
                if (piece != null && piece.from() == at) {
                    views.put(piece.name(), part.reshape(piece.shape()));
                    next++;
                }
                part.close();
            }
            return Collections.unmodifiableMap(views);
        }

        /**
         * Returns all weights, which have one shape, as one array.
         *
         * @param flat (size)
         * @return (count, the shape), a view wherever that can be one
         */
        NDArray stacked(NDArray flat) {
            return rows(flat).reshape(new Shape(count()).addAll(shape()));
        }

        /** Returns all weights, which have one shape, as the rows of a view. */
        NDArray rows(NDArray flat) {
            NDArray whole = flat.reshape(count(), size / count());
            return shape().size() == size / count()
                    ? whole
                    : whole.split(new long[] {shape().size()}, 1).get(0);
        }
    }

    private static long padded(long floats) {
        return (floats + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }

    /** Returns what is between the ends, each once. */
    private static long[] inner(List<Long> bounds, long size) {
        return bounds.stream()
                .mapToLong(Long::longValue)
                .filter(bound -> bound > 0 && bound < size)
                .distinct()
                .toArray();
    }

    /** Returns the groups that are not empty, in their order. */
    List<Group> groups() {
        return groups;
    }

    /**
     * Makes an array of all weights.
     *
     * @param owner of the array, on whose device it is
     * @return zeros (size)
     */
    public NDArray zeros(NDManager owner) {
        return owner.zeros(new Shape(size), DataType.FLOAT32);
    }

    /**
     * Returns the weights in an array of all.
     *
     * @param flat (size)
     * @return views of the weights' shapes by name, in the manager of the array
     */
    public Map<String, NDArray> views(NDArray flat) {
        Map<String, NDArray> views = new LinkedHashMap<>();
        NDList parts = parts(flat);
        groups.forEach(group -> views.putAll(group.views(parts.get(group.number))));
        parts.close();
        return Collections.unmodifiableMap(views);
    }

    /** Returns the groups' parts of an array of all weights, as views in their order. */
    NDList parts(NDArray flat) {
        return flat.split(inner(groups.stream().map(group -> group.from).toList(), size), 0);
    }

    /**
     * Copies arrays into one.
     *
     * @param arrays by the names of all weights, of their shapes
     * @return (size), in the manager of the arrays
     * @throws IllegalArgumentException if one is missing
     */
    public NDArray gathered(Map<String, NDArray> arrays) {
        NDList all = new NDList();
        for (Group group : groups) {
            for (Piece piece : group.pieces) {
                NDArray array = arrays.get(piece.name());
                if (array == null) {
                    throw new IllegalArgumentException("no gradient was given for " + piece.name());
                }
                all.add(array.reshape(-1));
                long gap = padded(piece.to()) - piece.to();
                if (gap > 0) {
                    all.add(
                            array.getManager()
                                    .zeros(new Shape(gap), array.getDataType(), array.getDevice()));
                }
            }
        }
        try (all) {
            return NDArrays.concat(all);
        }
    }
}
