package io.zigma.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.zigma.testing.Close;
import io.zigma.testing.Fixture;
import io.zigma.testing.Golden;
import io.zigma.testing.Tolerance;
import java.util.Arrays;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Tag("golden")
class DdpmScheduleGoldenTest {

    // double precision, with the rounding of a thousand products
    private static final Tolerance DOUBLE = Tolerance.elementwise(1e-10, 1e-14);
    private static final double FIRST = 1e-4;
    private static final double LAST = 0.02;

    static Stream<Fixture> schedules() {
        return Golden.fixtures("ddpm_schedules");
    }

    static Stream<Fixture> respacings() {
        return Golden.fixtures("ddpm_respacing");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("schedules")
    void everyTableOfANamedScheduleIsTheOfficialOne(Fixture fixture) {
        for (String name : fixture.names("out.")) {
            String[] key = name.split("\\.", -1);
            if (key.length != 4 || key[1].equals("deprecated")) {
                continue;
            }
            int steps = Integer.parseInt(key[2]);
            Ddpm process = OfficialDdpm.process(key[1], steps, "EPSILON", "FIXED_SMALL");
            check(fixture, name, steps, table(process.levels(), key[3]));
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("schedules")
    void everyOlderScheduleHasTheOfficialBetas(Fixture fixture) {
        for (String name : fixture.names("out.deprecated.")) {
            String[] key = name.split("\\.", -1);
            BetaSchedule schedule =
                    new BetaSchedule(BetaForm.parse(key[2]), Integer.parseInt(key[3]), FIRST, LAST);
            check(fixture, name, schedule.steps(), i -> schedule.betas()[i]);
        }
        BetaSchedule latent = BetaSchedule.of(BetaForm.SCALED_LINEAR, 1000);
        check(fixture, "out.stable_diffusion.betas", latent.steps(), i -> latent.betas()[i]);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("respacings")
    void respacedStepsAndTheirTablesAreTheOfficialOnes(Fixture fixture) {
        for (JsonElement element : fixture.json().getAsJsonArray("cases")) {
            JsonObject json = element.getAsJsonObject();
            String prefix = "out." + json.get("key").getAsString() + ".";
            int total = json.get("num_timesteps").getAsInt();
            Ddpm process =
                    OfficialDdpm.process(
                            json.get("schedule").getAsString(), total, "EPSILON", "FIXED_SMALL");
            Respacing respacing = OfficialDdpm.respacing(json.get("section_counts"), total);
            assertThat(Arrays.stream(respacing.indices(total)).asLongStream().toArray())
                    .as("%s %s", fixture, json)
                    .isEqualTo(fixture.longs(prefix + "timesteps"));
            NoiseLevels levels = process.levels(respacing);
            int count = respacing.count();
            check(fixture, prefix + "betas", count, levels::addedVariance);
            check(fixture, prefix + "alphas_cumprod", count, i -> square(levels.alpha(i)));
            if (count > 1) { // the official code has no such table of a single step
                check(
                        fixture,
                        prefix + "posterior_log_variance_clipped",
                        count,
                        levels::posteriorLogVariance);
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("respacings")
    void whatTheOfficialCodeRefusesIsRefused(Fixture fixture) {
        for (JsonElement element : fixture.json().getAsJsonArray("rejected")) {
            JsonObject json = element.getAsJsonObject();
            int total = json.get("num_timesteps").getAsInt();
            assertThatIllegalArgumentException()
                    .as("%s", json)
                    .isThrownBy(
                            () ->
                                    OfficialDdpm.respacing(json.get("section_counts"), total)
                                            .indices(total));
        }
    }

    private static IntToDoubleFunction table(NoiseLevels levels, String name) {
        return switch (name) {
            case "betas" -> levels::addedVariance;
            case "alphas_cumprod" -> i -> square(levels.alpha(i));
            case "alphas_cumprod_prev" -> i -> square(levels.alpha(i - 1));
            case "alphas_cumprod_next" ->
                    i -> i + 1 < levels.size() ? square(levels.alpha(i + 1)) : 0;
            case "sqrt_alphas_cumprod" -> levels::alpha;
            case "sqrt_one_minus_alphas_cumprod" -> levels::sigma;
            case "log_one_minus_alphas_cumprod" -> i -> 2 * Math.log(levels.sigma(i));
            case "sqrt_recip_alphas_cumprod" -> i -> 1 / levels.alpha(i);
            case "sqrt_recipm1_alphas_cumprod" -> i -> levels.sigma(i) / levels.alpha(i);
            case "posterior_variance" -> levels::posteriorVariance;
            case "posterior_log_variance_clipped" -> levels::posteriorLogVariance;
            case "posterior_mean_coef1" -> levels::dataWeight;
            case "posterior_mean_coef2" -> levels::xWeight;
            default -> throw new AssertionError("an unknown table " + name);
        };
    }

    private static void check(Fixture fixture, String name, int count, IntToDoubleFunction table) {
        Close.assertClose(
                fixture + " " + name,
                IntStream.range(0, count).mapToDouble(table).toArray(),
                fixture.doubles(name),
                DOUBLE);
    }

    private static double square(double x) {
        return x * x;
    }
}
