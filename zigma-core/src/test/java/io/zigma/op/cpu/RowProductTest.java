package io.zigma.op.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.FloatBuffer;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RowProductTest {

    /** A random product. */
    record Problem(RowProductShape shape, boolean biased, int threads, long seed) {

        float[] x() {
            return normal(shape.rows() * shape.inputs(), 1);
        }

        float[] weight() {
            return normal(shape.outputs() * shape.inputs(), 2);
        }

        float @Nullable [] bias() {
            return biased ? normal(shape.outputs(), 3) : null;
        }

        private float[] normal(int size, int which) {
            Random random = new Random(seed * 5 + which);
            float[] values = new float[size];
            for (int i = 0; i < size; i++) {
                values[i] = (float) random.nextGaussian();
            }
            return values;
        }
    }

    @Provide
    Arbitrary<Problem> problems() {
        return Combinators.combine(
                        Arbitraries.of(1, 2, 3, 7, 8, 9, 16, 17, 33),
                        Arbitraries.of(1, 2, 127, 128, 129, 256, 300),
                        Arbitraries.of(1, 7, 8, 9, 63, 64, 65, 200),
                        Arbitraries.of(true, false),
                        Arbitraries.of(1, 2, 5),
                        Arbitraries.longs())
                .as(
                        (rows, inputs, outputs, biased, threads, seed) ->
                                new Problem(
                                        new RowProductShape(rows, inputs, outputs),
                                        biased,
                                        threads,
                                        seed));
    }

    @Property(tries = 200)
    void isBitForBitTheSumInItsOrder(@ForAll("problems") Problem problem) {
        assertThat(run(problem)).isEqualTo(plain(problem));
    }

    @Test
    void anEmptySizeIsRefused() {
        assertThatThrownBy(() -> new RowProductShape(1, 0, 2))
                .hasMessage("a product needs at least one row, input and output, not 1, 0, 2");
    }

    private static float[] run(Problem problem) {
        RowProductShape shape = problem.shape();
        float[] bias = problem.bias();
        float[] y = new float[shape.rows() * shape.outputs()];
        RowProduct.run(
                shape,
                FloatBuffer.wrap(problem.x()),
                FloatBuffer.wrap(problem.weight()),
                bias == null ? null : FloatBuffer.wrap(bias),
                FloatBuffer.wrap(y),
                problem.threads());
        return y;
    }

    /** One output at a time, without vectors. */
    private static float[] plain(Problem problem) {
        RowProductShape shape = problem.shape();
        float[] x = problem.x();
        float[] weight = problem.weight();
        float[] bias = problem.bias();
        float[] y = new float[shape.rows() * shape.outputs()];
        for (int row = 0; row < shape.rows(); row++) {
            for (int output = 0; output < shape.outputs(); output++) {
                float total = bias == null ? 0 : bias[output];
                for (int from = 0; from < shape.inputs(); from += 128) {
                    float sum = 0;
                    for (int k = from; k < Math.min(from + 128, shape.inputs()); k++) {
                        sum =
                                Math.fma(
                                        x[row * shape.inputs() + k],
                                        weight[output * shape.inputs() + k],
                                        sum);
                    }
                    total += sum;
                }
                y[row * shape.outputs() + output] = total;
            }
        }
        return y;
    }
}
