package io.zigma.diffusion;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.training.GradientCollector;
import io.zigma.testing.Close;
import io.zigma.testing.Fixture;
import io.zigma.testing.Golden;
import io.zigma.testing.Tolerance;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The official {@code training_losses} for every mean, variance and loss. */
@Tag("golden")
class DdpmLossGoldenTest {

    private static final Tolerance CLOSE = Tolerance.elementwise(1e-4, 1e-6);
    // the whole bound is T times a term whose last digits float32 does not have
    private static final Tolerance TIMES_STEPS = Tolerance.elementwise(1e-4, 1e-3);
    private static final Tolerance GRADIENT = Tolerance.ofLargest(1e-4, 1e-9);

    static Stream<Fixture> fixtures() {
        return Golden.fixtures("ddpm_losses");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void lossesAreTheOfficialOnes(Fixture fixture) {
        List<String> names = fixture.names("out.");
        assertThat(names).isNotEmpty();
        for (String name : names) {
            String[] key = name.split("\\.", -1);
            boolean analytic = key[1].equals("analytic");
            String[] types = Arrays.copyOfRange(key, analytic ? 2 : 1, key.length);
            try (NDManager manager = NDManager.newBaseManager()) {
                NDArray actual = loss(fixture, manager, analytic, types);
                Close.assertClose(
                        fixture,
                        name,
                        actual,
                        types[2].equals("RESCALED_KL") ? TIMES_STEPS : CLOSE);
            }
        }
    }

    /** Types are mean, variance, loss, and the term. */
    private static NDArray loss(
            Fixture fixture, NDManager manager, boolean analytic, String... types) {
        Ddpm process = process(fixture, types[0], types[1], types[2]);
        Noised at = noised(fixture, process, manager);
        NDArray both =
                analytic
                        ? ClosedForm.of(at.x(), at.time(), null, true)
                        : fixture.array(manager, "in.model_output");
        NDArray output = OfficialDdpm.output(process, both);
        // the mean's term is what is left of a process with a fixed variance
        Ddpm fixed = process(fixture, types[0], "FIXED_SMALL", types[2]);
        NDArray squared =
                types[2].endsWith("MSE") ? fixed.loss(OfficialDdpm.output(fixed, both), at) : null;
        // DiT's copy has the target of a previous x, but reads the mean as the noise
        Ddpm read = process(fixture, OfficialDdpm.meanOf(fixture, types[0]), types[1], types[2]);
        return switch (types[3]) {
            case "mse" -> squared;
            case "vb" ->
                    read.loss(output, at)
                            .sub(
                                    process(
                                                    fixture,
                                                    OfficialDdpm.meanOf(fixture, types[0]),
                                                    "FIXED_SMALL",
                                                    types[2])
                                            .loss(OfficialDdpm.output(fixed, both), at));
            case "loss" ->
                    types[0].equals(OfficialDdpm.meanOf(fixture, types[0]))
                                    || !process.variance().learned()
                            ? process.loss(output, at)
                            : loss(fixture, manager, analytic, types[0], types[1], types[2], "vb")
                                    .add(squared);
            default -> throw new AssertionError("an unknown term " + types[3]);
        };
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void gradientsAreTheOfficialOnes(Fixture fixture) {
        for (String name : fixture.names("grad.")) {
            String[] key = name.split("\\.", -1);
            Ddpm process = process(fixture, key[1], key[2], key[3]);
            try (NDManager manager = NDManager.newBaseManager()) {
                NDArray output =
                        OfficialDdpm.output(process, fixture.array(manager, "in.model_output"))
                                .duplicate();
                output.setRequiresGradient(true);
                Noised at = noised(fixture, process, manager);
                try (GradientCollector collector = Engine.getInstance().newGradientCollector()) {
                    NDArray loss = process.loss(output, at).mean();
                    System.gc(); // what backward reads again must not be in Java's memory
                    collector.backward(loss);
                }
                Close.assertClose(fixture, name, output.getGradient(), GRADIENT);
            }
        }
    }

    private static Noised noised(Fixture fixture, Ddpm process, NDManager manager) {
        return process.noised(
                fixture.array(manager, "in.x_start"),
                fixture.array(manager, "in.noise"),
                Arrays.stream(fixture.longs("in.t")).asDoubleStream().toArray());
    }

    private static Ddpm process(Fixture fixture, String mean, String variance, String loss) {
        return OfficialDdpm.process(
                fixture.config().get("schedule").getAsString(),
                fixture.config().get("T").getAsInt(),
                mean,
                variance,
                loss,
                false);
    }
}
