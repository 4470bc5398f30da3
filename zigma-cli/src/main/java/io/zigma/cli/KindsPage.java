package io.zigma.cli;

import io.zigma.backbone.BackboneKind;
import io.zigma.base.Setting;
import io.zigma.checkpoint.Backbones;
import io.zigma.diffusion.ProcessKind;
import io.zigma.diffusion.Processes;
import io.zigma.diffusion.TimeSampling;
import io.zigma.diffusion.TimeSamplingKind;
import io.zigma.mixer.MixerKind;
import io.zigma.mixer.TokenMixers;
import io.zigma.sampler.SamplerKind;
import io.zigma.sampler.Samplers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** Help about what can be named and has options of its own. */
final class KindsPage {

    private static final Map<String, Supplier<List<String>>> PAGES =
            Map.of(
                    "samplers",
                    KindsPage::samplers,
                    "processes",
                    KindsPage::processes,
                    "times",
                    KindsPage::times,
                    "backbones",
                    KindsPage::backbones,
                    "mixers",
                    KindsPage::mixers);

    private KindsPage() {}

    /** Returns the page about a subject, if there is one. */
    static Optional<String> of(String subject) {
        return Optional.ofNullable(PAGES.get(subject))
                .map(page -> String.join(System.lineSeparator(), page.get()));
    }

    private static List<String> samplers() {
        List<String> lines = new ArrayList<>();
        lines.add("Samplers, chosen by --sampler NAME --steps N; the settings below a");
        lines.add("name are set by --sampler-option OPTION=VALUE, once for each.");
        for (SamplerKind kind : Samplers.KINDS.all()) {
            addKind(kind.name(), kind.purpose(), kind.settings(), lines);
        }
        return lines;
    }

    private static List<String> processes() {
        List<String> lines = new ArrayList<>();
        lines.add(
                "Diffusion processes: how noise is added, and what a network is trained to"
                        + " predict.");
        for (ProcessKind kind : Processes.KINDS.all()) {
            addKind(kind.name(), kind.purpose(), kind.settings(), lines);
        }
        return lines;
    }

    private static List<String> backbones() {
        List<String> lines = new ArrayList<>();
        lines.add("The architectures, by --backbone NAME; what is below a name is set by --OPTION");
        lines.add("VALUE, here with the values of its small model.");
        for (BackboneKind<?> kind : Backbones.REGISTRY.all()) {
            addKind(kind.name(), kind.description(), kind.settings(), lines);
        }
        return lines;
    }

    private static List<String> mixers() {
        List<String> lines = new ArrayList<>();
        lines.add(
                "How the layers of --backbone zigma mix tokens, by --mixer NAME; what is below a");
        lines.add("name is set by --mixer NAME:OPTION=VALUE,OPTION=VALUE.");
        for (MixerKind kind : TokenMixers.REGISTRY.all()) {
            addKind(kind.name(), kind.description(), kind.settings(), lines);
        }
        return lines;
    }

    private static List<String> times() {
        List<String> lines = new ArrayList<>();
        lines.add(
                "How training times are distributed, by --times NAME; what is below a name is set");
        lines.add("by --times-option OPTION=VALUE, once for each.");
        for (TimeSamplingKind kind : TimeSampling.KINDS.all()) {
            addKind(kind.name(), kind.purpose(), kind.settings(), lines);
        }
        return lines;
    }

    private static void addKind(
            String name, String purpose, List<Setting> settings, List<String> lines) {
        lines.add("");
        lines.add("%s: %s".formatted(name, purpose));
        for (Setting setting : settings) {
            lines.add(
                    "  %s=%s  %s; %s"
                            .formatted(
                                    setting.name(),
                                    setting.standard(),
                                    setting.meaning(),
                                    setting.range()));
        }
    }
}
