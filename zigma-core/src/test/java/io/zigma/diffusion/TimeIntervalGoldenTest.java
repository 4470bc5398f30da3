package io.zigma.diffusion;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.zigma.testing.Fixture;
import io.zigma.testing.Golden;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Tag("golden")
class TimeIntervalGoldenTest {

    private static final double USUAL_SAMPLING_MARGIN = 1e-3;

    static Stream<Fixture> fixtures() {
        return Golden.fixtures("transport_intervals");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void everyIntervalIsTheOfficialOneWhereThatIsDefined(Fixture fixture) {
        JsonArray rows = fixture.json().getAsJsonArray("rows");
        for (JsonElement element : rows) {
            JsonObject row = element.getAsJsonObject();
            for (JsonElement interval : row.getAsJsonArray("intervals")) {
                JsonObject args = interval.getAsJsonObject().getAsJsonObject("args");
                String what = "%s %s".formatted(summary(row), args);
                check(what, ours(row, args), interval.getAsJsonObject().get("t0_t1"), row, args);
            }
        }
    }

    private static void check(
            String what, TimeInterval ours, JsonElement official, JsonObject row, JsonObject args) {
        if (!official.isJsonArray()) { // the official code fails, having no sampling epsilon
            assertThat(row.get("sample_eps").isJsonNull()).as(what).isTrue();
            return;
        }
        JsonElement start = official.getAsJsonArray().get(0);
        if (start.isJsonNull()) { // the same, found out later
            assertThat(ours.start()).as("%s start", what).isEqualTo(USUAL_SAMPLING_MARGIN);
        } else if (startsAtAnInfiniteDiffusion(row, args)) {
            assertThat(ours.start()).as("%s start", what).isPositive();
        } else {
            near("%s start".formatted(what), ours.start(), start.getAsDouble());
        }
        near("%s end".formatted(what), ours.end(), official.getAsJsonArray().get(1).getAsDouble());
    }

    /** The official reverse interval is in mirrored time; ours is the same interval backwards. */
    private static TimeInterval ours(JsonObject row, JsonObject args) {
        TimeInterval forward = forward(row, args);
        return flag(args, "reverse")
                ? new TimeInterval(1 - forward.reversed().end(), 1 - forward.reversed().start())
                : forward;
    }

    private static TimeInterval forward(JsonObject row, JsonObject args) {
        Interpolant path = path(row);
        Prediction prediction = Prediction.parse(row.get("prediction").getAsString());
        if (!flag(args, "eval")) {
            JsonElement margin = row.get("train_eps_arg");
            return margin.isJsonNull()
                    ? TimeInterval.training(path, prediction)
                    : TimeInterval.training(path, prediction, margin.getAsDouble());
        }
        JsonElement given = row.get("sample_eps_arg");
        double margin = given.isJsonNull() ? USUAL_SAMPLING_MARGIN : given.getAsDouble();
        if (!flag(args, "sde")) {
            return TimeInterval.ode(path, prediction, margin);
        }
        return TimeInterval.sde(
                path,
                prediction,
                diffusion(args),
                args.get("last_step_size").getAsDouble(),
                margin);
    }

    private static boolean startsAtAnInfiniteDiffusion(JsonObject row, JsonObject args) {
        return flag(args, "sde") && Double.isInfinite(diffusion(args).at(path(row), 0));
    }

    private static Interpolant path(JsonObject row) {
        return InterpolantKind.parse(row.get("path_type").getAsString()).interpolant();
    }

    private static DiffusionCoefficient diffusion(JsonObject args) {
        return DiffusionCoefficient.parse(args.get("diffusion_form").getAsString(), 1);
    }

    private static boolean flag(JsonObject args, String name) {
        return args.has(name) && args.get(name).getAsBoolean();
    }

    private static void near(String what, double actual, double expected) {
        assertThat(actual).as(what).isCloseTo(expected, Offset.offset(1e-12));
    }

    private static String summary(JsonObject row) {
        return "%s %s with %s and %s"
                .formatted(
                        row.get("path_type"),
                        row.get("prediction"),
                        row.get("train_eps_arg"),
                        row.get("sample_eps_arg"));
    }
}
