package io.zigma.sampler;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.training.GradientCollector;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.zigma.diffusion.DiffusionProcess;
import io.zigma.diffusion.GuidanceStrength;
import io.zigma.diffusion.InterpolantKind;
import io.zigma.diffusion.InterpolantProcess;
import io.zigma.diffusion.LogitNormalTimes;
import io.zigma.diffusion.LossWeight;
import io.zigma.diffusion.Noised;
import io.zigma.diffusion.Prediction;
import io.zigma.diffusion.TimeSampler;
import io.zigma.testing.Close;
import io.zigma.testing.Fixture;
import io.zigma.testing.Golden;
import io.zigma.testing.Tolerance;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** JiT: the network predicts the data, and the loss is taken between velocities. */
@Tag("golden")
class JitGoldenTest {

    private static final Tolerance CLOSE = Tolerance.elementwise(1e-5, 1e-5);
    private static final Tolerance LOSS = Tolerance.elementwise(1e-5, 0);
    private static final Tolerance GRADIENT = Tolerance.ofLargest(1e-4, 1e-7);

    static Stream<Fixture> losses() {
        return Golden.fixtures("jit_loss");
    }

    static Stream<Fixture> samples() {
        return Golden.fixtures("jit_sample");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("losses")
    void timesAndNoisySamplesAreTheOfficialOnes(Fixture fixture) {
        for (String key : cases(fixture).keySet()) {
            JsonObject json = cases(fixture).getAsJsonObject(key);
            try (NDManager manager = NDManager.newBaseManager()) {
                float[] times = new float[(int) fixture.shape("in.y")[0]];
                TimeSampler sampler =
                        new LogitNormalTimes(
                                        json.get("P_mean").getAsDouble(),
                                        json.get("P_std").getAsDouble())
                                .over(process(json));
                for (int i = 0; i < times.length; i++) {
                    TimeSampler.Sample sample =
                            sampler.sample(0.5, fixture.floats("in.time_normal")[i]);
                    times[i] = (float) sample.t();
                    assertThat(sample.weight()).isEqualTo(1);
                }
                Close.assertClose(key + " t", times, fixture.floats("out." + key + ".t"), CLOSE);
                Noised at = noised(fixture, key, json, manager);
                Close.assertClose(fixture, "out." + key + ".z", at.x(), CLOSE);
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("losses")
    void lossesAndGradientsAreTheOfficialOnes(Fixture fixture) {
        for (String key : cases(fixture).keySet()) {
            JsonObject json = cases(fixture).getAsJsonObject(key);
            InterpolantProcess process = process(json);
            try (NDManager manager = NDManager.newBaseManager()) {
                Stub stub = new Stub(fixture, manager);
                stub.parameters().forEach(array -> array.setRequiresGradient(true));
                Noised at = noised(fixture, key, json, manager);
                NDArray labels = fixture.array(manager, "out." + key + ".labels");
                NDArray loss;
                try (GradientCollector collector = Engine.getInstance().newGradientCollector()) {
                    loss = process.loss(stub.predict(at.x(), at.time(), labels), at).mean();
                    collector.backward(loss);
                }
                Close.assertClose(fixture, "out." + key + ".loss", loss, LOSS);
                Close.assertClose(fixture, "grad." + key + ".A", stub.a.getGradient(), GRADIENT);
                Close.assertClose(fixture, "grad." + key + ".b", stub.b.getGradient(), GRADIENT);
                Close.assertClose(fixture, "grad." + key + ".E", stub.e.getGradient(), GRADIENT);
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("losses")
    void theVelocityOfPredictedDataIsTheOfficialOne(Fixture fixture) {
        for (String key : cases(fixture).keySet()) {
            JsonObject json = cases(fixture).getAsJsonObject(key);
            InterpolantProcess process = process(json);
            try (NDManager manager = NDManager.newBaseManager()) {
                Noised at = noised(fixture, key, json, manager);
                NDArray labels = fixture.array(manager, "out." + key + ".labels");
                NDArray said = new Stub(fixture, manager).predict(at.x(), at.time(), labels);
                Tolerance divided = Tolerance.ofLargest(1e-5, 1e-5);
                Close.assertClose(
                        fixture,
                        "out." + key + ".v_pred",
                        process.interpret(said, at.x(), at.times()).velocity(),
                        divided);
                Close.assertClose(
                        fixture,
                        "out." + key + ".v",
                        process.interpret(at.data(), at.x(), at.times()).velocity(),
                        divided);
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("samples")
    void everyStateOnTheWayIsTheOfficialOne(Fixture fixture) {
        double leastSigma = fixture.config().get("t_eps").getAsDouble();
        for (String key : cases(fixture).keySet()) {
            JsonObject json = cases(fixture).getAsJsonObject(key);
            InterpolantProcess process = process(json.get("noise_scale").getAsDouble(), leastSigma);
            JsonArray interval = json.getAsJsonArray("interval");
            GuidanceStrength strength =
                    GuidanceStrength.strictlyBetween(
                            json.get("cfg").getAsDouble(),
                            interval.get(0).getAsDouble(),
                            interval.get(1).getAsDouble());
            OdeMethod method =
                    json.get("method").getAsString().equals("heun")
                            ? OdeMethod.HEUN_EULER
                            : OdeMethod.EULER;
            try (NDManager manager = NDManager.newBaseManager()) {
                Stub stub = new Stub(fixture, manager);
                NDArray labels = fixture.array(manager, "in.y");
                NDArray none = labels.zerosLike().add(stub.classes());
                List<Float> times = new ArrayList<>();
                List<Long> guided = new ArrayList<>();
                Denoiser conditional =
                        (x, t) -> {
                            times.add((float) t);
                            guided.add(0L);
                            return model(stub, labels, process).at(x, t);
                        };
                Denoiser unconditional =
                        (x, t) -> {
                            guided.set(guided.size() - 1, 1L);
                            return model(stub, none, process).at(x, t);
                        };
                Trajectory trajectory = new Trajectory(manager);
                new OdeSampler(method, json.get("steps").getAsInt())
                        .sample(
                                Guidance.of(conditional, unconditional, process, strength),
                                process,
                                Start.from(process, fixture.array(manager, "in.noise_normal")),
                                SeededNoise.steps(),
                                trajectory);
                String prefix = "out." + key + ".";
                Close.assertClose(
                        fixture,
                        prefix + "trace",
                        trajectory.stacked(),
                        Tolerance.ofLargest(1e-4, 0));
                Close.assertClose(
                        key + " times", floats(times), fixture.floats(prefix + "eval_t"), CLOSE);
                if (strength.guides()) {
                    assertThat(guided.stream().mapToLong(Long::longValue).toArray())
                            .as("%s guided", key)
                            .isEqualTo(fixture.longs(prefix + "eval_guided"));
                }
            }
        }
    }

    private static ModelDenoiser model(Stub stub, NDArray labels, DiffusionProcess process) {
        return new ModelDenoiser((x, t) -> stub.predict(x, t, labels), process);
    }

    private static Noised noised(Fixture fixture, String key, JsonObject json, NDManager manager) {
        float[] narrow = fixture.floats("out." + key + ".t");
        double[] t = new double[narrow.length];
        for (int i = 0; i < t.length; i++) {
            t[i] = narrow[i];
        }
        return process(json)
                .noised(
                        fixture.array(manager, "in.x"),
                        fixture.array(manager, "in.noise_normal"),
                        t);
    }

    private static InterpolantProcess process(JsonObject json) {
        return process(json.get("noise_scale").getAsDouble(), json.get("t_eps").getAsDouble());
    }

    private static InterpolantProcess process(double noiseScale, double leastSigma) {
        return new InterpolantProcess(
                InterpolantKind.LINEAR, Prediction.DATA, LossWeight.NONE, noiseScale, leastSigma);
    }

    private static JsonObject cases(Fixture fixture) {
        return fixture.config().getAsJsonObject("cases");
    }

    private static float[] floats(List<Float> values) {
        float[] floats = new float[values.size()];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = values.get(i);
        }
        return floats;
    }

    /** The fixtures' network: A·z over channels + t·b + E[y]. */
    private static final class Stub {

        final NDArray a;
        final NDArray b;
        final NDArray e;

        Stub(Fixture fixture, NDManager manager) {
            a = fixture.array(manager, "param.A");
            b = fixture.array(manager, "param.b");
            e = fixture.array(manager, "param.E");
        }

        List<NDArray> parameters() {
            return List.of(a, b, e);
        }

        long classes() {
            return e.size(0) - 1; // the last row is the null label
        }

        NDArray predict(NDArray z, NDArray t, NDArray labels) {
            NDArray mixed = z.transpose(0, 2, 3, 1).matMul(a.transpose()).transpose(0, 3, 1, 2);
            NDArray moved = t.reshape(-1, 1, 1, 1).mul(b.reshape(1, -1, 1, 1));
            NDArray rows = e.get(new NDIndex("{}", labels));
            return mixed.add(moved).add(rows.reshape(rows.size(0), rows.size(1), 1, 1));
        }
    }
}
