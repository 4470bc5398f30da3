package io.zigma.eval.metric;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.zigma.testing.Fixture;
import io.zigma.testing.Golden;
import io.zigma.testing.Tolerance;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Kernel distances as torchmetrics computes them, in float64. */
@Tag("golden")
class KernelDistanceGoldenTest {

    private static final Tolerance CLOSE = Tolerance.elementwise(1e-10, 1e-11);
    private static final Pattern OTHER_KERNEL =
            Pattern.compile("out\\.kid_degree(\\d+)_gamma([\\d.e-]+)_coef([\\d.e-]+)");

    static Stream<Fixture> fixtures() {
        return Golden.fixtures("metric_kid");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void theGivenSubsetsHaveTheOfficialValuesMeanAndSpread(Fixture fixture) {
        KernelDistance distance =
                KernelDistance.between(
                        Doubles.features(fixture, "in.real"),
                        Doubles.features(fixture, "in.fake"),
                        kernel(fixture),
                        new KernelSubsets(
                                subsets(fixture, "in.real_idx"), subsets(fixture, "in.fake_idx")));

        Doubles.assertClose(
                fixture,
                "out.per_subset",
                CLOSE,
                distance.perSubset().stream().mapToDouble(Double::doubleValue).toArray());
        Doubles.assertClose(fixture, "out.kid_mean", CLOSE, distance.mean());
        Doubles.assertClose(fixture, "out.kid_std", CLOSE, distance.spread());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void theFirstPicturesOfBothHaveTheOfficialDiscrepancy(Fixture fixture) {
        FeatureMatrix[] sets = equallyMany(fixture);
        Doubles.assertClose(
                fixture,
                "out.kid_first_min_n",
                CLOSE,
                kernel(fixture).discrepancy(sets[0], sets[1]));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void aSetAgainstItselfHasTheOfficialNegativeDiscrepancy(Fixture fixture) {
        int size = fixture.config().get("subset_size").getAsInt();
        FeatureMatrix real =
                Doubles.features(fixture, "in.real").select(IntStream.range(0, size).toArray());
        Doubles.assertClose(
                fixture, "out.kid_same", CLOSE, kernel(fixture).discrepancy(real, real));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void otherKernelsHaveTheOfficialDiscrepancy(Fixture fixture) {
        FeatureMatrix[] sets = equallyMany(fixture);
        for (String tensor : fixture.names("out.")) {
            Matcher matcher = OTHER_KERNEL.matcher(tensor);
            if (matcher.matches()) {
                PolynomialKernel kernel =
                        new PolynomialKernel(
                                Integer.parseInt(matcher.group(1)),
                                Double.parseDouble(matcher.group(2)),
                                Double.parseDouble(matcher.group(3)));
                Doubles.assertClose(fixture, tensor, CLOSE, kernel.discrepancy(sets[0], sets[1]));
            }
        }
    }

    private static PolynomialKernel kernel(Fixture fixture) {
        JsonObject config = fixture.config();
        JsonElement gamma = config.get("gamma");
        return new PolynomialKernel(
                config.get("degree").getAsInt(),
                gamma.getAsString().equals("1/d")
                        ? 1.0 / fixture.shape("in.real")[1]
                        : gamma.getAsDouble(),
                config.get("coef").getAsDouble());
    }

    private static List<int[]> subsets(Fixture fixture, String tensor) {
        int size = (int) fixture.shape(tensor)[1];
        int[] rows = Arrays.stream(fixture.longs(tensor)).mapToInt(Math::toIntExact).toArray();
        return IntStream.range(0, rows.length / size)
                .mapToObj(i -> Arrays.copyOfRange(rows, i * size, (i + 1) * size))
                .toList();
    }

    private static FeatureMatrix[] equallyMany(Fixture fixture) {
        FeatureMatrix real = Doubles.features(fixture, "in.real");
        FeatureMatrix fake = Doubles.features(fixture, "in.fake");
        int[] first = IntStream.range(0, Math.min(real.rows(), fake.rows())).toArray();
        return new FeatureMatrix[] {real.select(first), fake.select(first)};
    }
}
