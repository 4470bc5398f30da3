package io.zigma.train.loop;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.ndarray.types.SparseFormat;
import ai.djl.nn.core.Embedding;
import io.zigma.condition.Condition;
import io.zigma.engine.EngineStart;
import io.zigma.op.Scratch;
import io.zigma.text.TextFeatureCache;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The tokens of all captions in the memory of a device, so that a batch of conditions is a look-up
 * there and not a copy of all its tokens. They are float16, as the cache has them.
 */
final class CaptionTable implements AutoCloseable {

    private static final long MOST_BYTES = 4L << 30;
    private static final int COPIED_AT_ONCE = 1024;

    private final NDManager manager;
    private final Map<String, Integer> rows = new HashMap<>();
    private final int[] lengths;
    private final int tokens;
    private final int size;
    private final NDArray table; // (N, n · d)

    /**
     * Returns whether a table is small enough to keep.
     *
     * @param texts how many
     * @param tokens n
     * @param size d
     */
    static boolean fits(int texts, int tokens, int size) {
        return (long) texts * tokens * size * Short.BYTES <= MOST_BYTES;
    }

    /**
     * Copies captions to a device.
     *
     * @param cache holds the tokens of all of them
     * @param texts the captions, each once
     * @param device where to
     */
    CaptionTable(TextFeatureCache cache, Collection<String> texts, Device device) {
        tokens = cache.tokens();
        size = cache.size();
        lengths = new int[texts.size()];
        manager = EngineStart.newManager(device);
        try {
            table = manager.create(new Shape(texts.size(), (long) tokens * size), DataType.FLOAT16);
            DeviceCopy copy = new DeviceCopy();
            List<String> all = new ArrayList<>(texts);
            for (int from = 0; from < all.size(); from += COPIED_AT_ONCE) {
                int first = from;
                int count = Math.min(COPIED_AT_ONCE, all.size() - from);
                try (NDManager scope = manager.newSubManager()) {
                    NDArray part =
                            copy.of(
                                    scope,
                                    new Shape(count, (long) tokens * size),
                                    target -> {
                                        float[] row = new float[tokens * size];
                                        for (int i = 0; i < count; i++) {
                                            String text = all.get(first + i);
                                            rows.put(text, first + i);
                                            lengths[first + i] = cache.read(text, row, 0);
                                            target.put(i * row.length, row);
                                        }
                                    });
                    table.set(
                            new NDIndex("{}:{}", first, first + count),
                            part.toType(DataType.FLOAT16, false));
                }
            }
        } catch (RuntimeException | Error e) {
            manager.close();
            throw e;
        }
    }

    /**
     * Returns the condition of some texts.
     *
     * @param owner of the result, on the table's device
     * @param texts b captions of the table
     * @return tokens (b, n of the longest, d) and mask (b, n)
     */
    Condition of(NDManager owner, List<String> texts) {
        int count = texts.size();
        long[] wanted = new long[count];
        int length = 0; // n of this batch
        for (int i = 0; i < count; i++) {
            Integer row = rows.get(texts.get(i));
            if (row == null) {
                throw new IllegalArgumentException(
                        "the tokens of '%s' were not prepared".formatted(texts.get(i)));
            }
            wanted[i] = row;
            length = Math.max(length, lengths[row]);
        }
        int longest = length;
        float[] mask = new float[count * longest];
        for (int i = 0; i < count; i++) {
            Arrays.fill(mask, i * longest, i * longest + lengths[(int) wanted[i]], 1);
        }
        NDArray context =
                Scratch.freed(
                        () -> {
                            NDArray found =
                                    Embedding.embedding(
                                                    owner.create(wanted), table, SparseFormat.DENSE)
                                            .singletonOrThrow(); // (b, n · d)
                            NDArray numbers =
                                    longest == tokens
                                            ? found
                                            : found.split(new long[] {(long) longest * size}, 1)
                                                    .get(0);
                            return numbers.toType(DataType.FLOAT32, true)
                                    .reshape(count, longest, size);
                        });
        context.attach(owner);
        return new Condition(null, context, owner.create(mask, new Shape(count, longest)));
    }

    @Override
    public void close() {
        manager.close();
    }
}
