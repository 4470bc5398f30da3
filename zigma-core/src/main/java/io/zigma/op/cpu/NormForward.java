package io.zigma.op.cpu;

import static io.zigma.op.cpu.VectorMath.LANES;
import static io.zigma.op.cpu.VectorMath.SPECIES;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import jdk.incubator.vector.FloatVector;
import org.jspecify.annotations.Nullable;

/**
 * RMS or layer norm and adaLN modulation in one pass over memory: y = norm(x)·weight + bias and
 * y·(1 + scale) + shift.
 */
public final class NormForward {

    private final NormShape shape;
    private final NormArrays in;
    private final FloatBuffer y;
    private final @Nullable FloatBuffer modulated;
    private final List<RowPass> passes;

    private NormForward(
            NormShape shape, NormArrays in, FloatBuffer y, @Nullable FloatBuffer modulated) {
        this.shape = shape;
        this.in = in;
        this.y = y;
        this.modulated = modulated;
        this.passes = normalisation(shape);
        if (modulated != null) {
            passes.add(NormForward::modulate);
        }
    }

    /**
     * Normalises all rows.
     *
     * @param shape sizes and kind
     * @param in operands
     * @param y receives the norm (B, L, D)
     * @param modulated receives the modulated norm (B, L, D), or null if it is not wanted
     * @param threads how many threads may work; the result does not depend on it
     */
    public static void run(
            NormShape shape,
            NormArrays in,
            FloatBuffer y,
            @Nullable FloatBuffer modulated,
            int threads) {
        NormForward norm = new NormForward(shape, in, y, modulated);
        int parts = shape.parts();
        Workers.run(shape.batch() * parts, threads, task -> norm.part(task / parts, task % parts));
    }

    /** Computes the norm of x, forward as in backward. */
    static List<RowPass> normalisation(NormShape shape) {
        List<RowPass> passes = new ArrayList<>();
        if (shape.centred()) {
            passes.add(NormTile::centre);
        }
        float epsilon = shape.epsilon();
        passes.add((tile, rows) -> NormTile.normalise(tile, rows, epsilon));
        passes.add(NormTile::transform);
        return passes;
    }

    private void part(int sequence, int number) {
        NormTile tile = NormTile.of(shape.size());
        tile.loadParameters(in, sequence);
        int end = Math.min(shape.length(), (number + 1) * NormTile.PART);
        for (int row = number * NormTile.PART; row < end; row += NormTile.ROWS) {
            int rows = Math.min(NormTile.ROWS, end - row);
            int first = sequence * shape.length() + row;
            tile.load(in.x(), tile.x, first, rows);
            for (RowPass pass : passes) {
                pass.run(tile, rows);
            }
            tile.store(tile.y, y, first, rows);
            if (modulated != null) {
                tile.store(tile.modulated, modulated, first, rows);
            }
        }
    }

    private static void modulate(NormTile tile, int rows) {
        for (int row = 0; row < rows; row++) {
            int start = row * tile.stride;
            for (int i = 0; i < tile.stride; i += LANES) {
                FloatVector.fromArray(SPECIES, tile.y, start + i)
                        .fma(
                                FloatVector.fromArray(SPECIES, tile.scale, i),
                                FloatVector.fromArray(SPECIES, tile.shift, i))
                        .intoArray(tile.modulated, start + i);
            }
        }
    }
}
