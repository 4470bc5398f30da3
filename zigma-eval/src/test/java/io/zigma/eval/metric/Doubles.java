package io.zigma.eval.metric;

import static org.assertj.core.api.Assertions.assertThat;

import io.zigma.io.SafetensorsFile;
import io.zigma.io.SafetensorsTensor;
import io.zigma.io.SafetensorsType;
import io.zigma.testing.Fixture;
import io.zigma.testing.Tolerance;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;

/** A fixture's float64 tensors with all their digits, and its features. */
final class Doubles {

    private Doubles() {}

    static double[] of(Fixture fixture, String tensor) {
        try (SafetensorsFile file =
                SafetensorsFile.open(fixture.sibling(fixture.name() + ".safetensors"))) {
            SafetensorsTensor description = file.tensor(tensor);
            assertThat(description.type()).as(tensor).isEqualTo(SafetensorsType.F64);
            ByteBuffer bytes =
                    ByteBuffer.allocate((int) description.bytes()).order(ByteOrder.LITTLE_ENDIAN);
            try (FileChannel channel = FileChannel.open(file.path())) {
                while (bytes.hasRemaining()) {
                    channel.read(bytes, description.offset() + bytes.position());
                }
            }
            double[] values = new double[bytes.flip().remaining() / Double.BYTES];
            bytes.asDoubleBuffer().get(values);
            return values;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static FeatureMatrix features(Fixture fixture, String tensor) {
        return FeatureMatrix.of((int) fixture.shape(tensor)[1], fixture.floats(tensor));
    }

    static void assertClose(Fixture fixture, String tensor, Tolerance tolerance, double... actual) {
        assertClose(fixture + " " + tensor, of(fixture, tensor), tolerance, actual);
    }

    static void assertClose(
            String tensor, double[] expected, Tolerance tolerance, double... actual) {
        assertThat(actual).as(tensor).hasSameSizeAs(expected);
        double largest = 0;
        for (double value : expected) {
            largest = Math.max(largest, Math.abs(value));
        }
        for (int i = 0; i < expected.length; i++) {
            double difference = Math.abs(actual[i] - expected[i]);
            assertThat(difference)
                    .as(
                            "%s[%d]: %s instead of %s, difference %s, allowed %s",
                            tensor, i, actual[i], expected[i], difference, tolerance)
                    .isLessThanOrEqualTo(tolerance.at(expected[i], largest));
        }
    }
}
