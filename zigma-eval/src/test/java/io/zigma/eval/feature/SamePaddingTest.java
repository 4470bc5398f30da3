package io.zigma.eval.feature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import io.zigma.nn.Pass;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Convolution and pooling with TensorFlow's padding, against loops over its definition. */
class SamePaddingTest {

    @ParameterizedTest
    @CsvSource({
        "1, 1, 4, 5, 6",
        "3, 1, 4, 5, 6",
        "3, 2, 4, 5, 6",
        "3, 2, 5, 8, 7",
        "7, 2, 4, 9, 6",
        "7, 2, 9, 4, 5",
        "2, 2, 3, 4, 1",
        "3, 2, 1, 2, 3"
    })
    void convolvesAndNormalisesAsTheDefinitionDoes(
            int width, int stride, int frames, int height, int columns) {
        int[] in = {frames, height, columns};
        try (NDManager manager = NDManager.newBaseManager()) {
            I3dUnit unit = new I3dUnit(2, 3, width, stride);
            RandomWeights.give(unit.namedParameters(), 5);
            unit.initialize(manager, ai.djl.ndarray.types.DataType.FLOAT32, new Shape(1));
            float[] x = random(2 * frames * height * columns, -1);
            NDArray y =
                    unit.apply(
                            Pass.inference(new ParameterStore(manager, false)),
                            manager.create(x, new Shape(1, 2, frames, height, columns)));

            int[] out = lengths(in, new int[] {stride, stride, stride});
            assertThat(y.getShape()).isEqualTo(new Shape(1, 3, out[0], out[1], out[2]));
            assertThat(unit.getOutputShapes(new Shape[] {new Shape(1, 2, frames, height, columns)}))
                    .containsExactly(y.getShape());
            float[] got = y.toFloatArray();
            int place = 0;
            for (int channel = 0; channel < 3; channel++) {
                for (int t = 0; t < out[0]; t++) {
                    for (int row = 0; row < out[1]; row++) {
                        for (int column = 0; column < out[2]; column++) {
                            double expected =
                                    unitAt(
                                            unit.namedParameters(),
                                            x,
                                            in,
                                            width,
                                            stride,
                                            channel,
                                            new int[] {t, row, column});
                            assertThat((double) got[place])
                                    .as("channel %s at %s, %s, %s", channel, t, row, column)
                                    .isCloseTo(expected, within(1e-4));
                            place++;
                        }
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "1, 3, 1, 2, 4, 5, 6",
        "3, 3, 2, 2, 5, 8, 7",
        "2, 2, 2, 2, 3, 7, 7",
        "3, 3, 1, 1, 2, 4, 3",
        "2, 2, 2, 2, 4, 6, 8"
    })
    void poolsAsTheDefinitionDoes(
            int time, int space, int timeStep, int spaceStep, int frames, int height, int columns) {
        int[] in = {frames, height, columns};
        int[] kernel = {time, space, space};
        int[] stride = {timeStep, spaceStep, spaceStep};
        float[] x = random(frames * height * columns, 0);
        try (NDManager manager = NDManager.newBaseManager()) {
            float[] got =
                    new SamePadding(
                                    new Shape(time, space, space),
                                    new Shape(timeStep, spaceStep, spaceStep))
                            .largest(manager.create(x, new Shape(1, 1, frames, height, columns)))
                            .toFloatArray();
            int[] out = lengths(in, stride);
            int place = 0;
            for (int t = 0; t < out[0]; t++) {
                for (int row = 0; row < out[1]; row++) {
                    for (int column = 0; column < out[2]; column++) {
                        int[] first = first(in, kernel, stride, new int[] {t, row, column});
                        float largest = 0;
                        for (int i = Math.max(0, first[0]);
                                i < Math.min(frames, first[0] + time);
                                i++) {
                            for (int j = Math.max(0, first[1]);
                                    j < Math.min(height, first[1] + space);
                                    j++) {
                                for (int k = Math.max(0, first[2]);
                                        k < Math.min(columns, first[2] + space);
                                        k++) {
                                    largest = Math.max(largest, x[(i * height + j) * columns + k]);
                                }
                            }
                        }
                        assertThat(got[place++])
                                .as("at %s, %s, %s", t, row, column)
                                .isEqualTo(largest);
                    }
                }
            }
            assertThat(got).hasSize(place);
        }
    }

    private static double unitAt(
            Map<String, Parameter> parameters,
            float[] x,
            int[] in,
            int width,
            int stride,
            int channel,
            int[] at) {
        float[] weight = values(parameters, "conv3d.weight");
        int[] first =
                first(in, new int[] {width, width, width}, new int[] {stride, stride, stride}, at);
        double sum = 0;
        for (int c = 0; c < 2; c++) {
            for (int i = 0; i < width; i++) {
                for (int j = 0; j < width; j++) {
                    for (int k = 0; k < width; k++) {
                        int t = first[0] + i;
                        int row = first[1] + j;
                        int column = first[2] + k;
                        if (t >= 0
                                && t < in[0]
                                && row >= 0
                                && row < in[1]
                                && column >= 0
                                && column < in[2]) {
                            sum +=
                                    x[((c * in[0] + t) * in[1] + row) * in[2] + column]
                                            * weight[
                                                    (((channel * 2 + c) * width + i) * width + j)
                                                                    * width
                                                            + k];
                        }
                    }
                }
            }
        }
        double normal =
                (sum - values(parameters, "bn.running_mean")[channel])
                                / Math.sqrt(values(parameters, "bn.running_var")[channel] + 1e-3)
                                * values(parameters, "bn.weight")[channel]
                        + values(parameters, "bn.bias")[channel];
        return Math.max(0, normal);
    }

    private static float[] values(Map<String, Parameter> parameters, String name) {
        return parameters.get(name).getArray().toFloatArray();
    }

    /**
     * The first place that a window sees, which may be outside: half of the padding, rounded down.
     */
    private static int[] first(int[] in, int[] kernel, int[] stride, int[] at) {
        int[] out = lengths(in, stride);
        int[] first = new int[3];
        for (int axis = 0; axis < 3; axis++) {
            int padding = Math.max(0, (out[axis] - 1) * stride[axis] + kernel[axis] - in[axis]);
            first[axis] = at[axis] * stride[axis] - padding / 2;
        }
        return first;
    }

    private static int[] lengths(int[] in, int[] stride) {
        int[] out = new int[3];
        for (int axis = 0; axis < 3; axis++) {
            out[axis] = (int) Math.ceil((double) in[axis] / stride[axis]);
        }
        return out;
    }

    private static float[] random(int length, double least) {
        SplittableRandom random = new SplittableRandom(3);
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = (float) random.nextDouble(least, 1);
        }
        return values;
    }
}
