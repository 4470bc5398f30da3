package io.zigma.pipeline;

import io.zigma.condition.Prompt;
import java.util.LinkedHashMap;
import java.util.Map;

/** Writes the recipes of a request's pictures; {@link RecipeReading} reads them. */
final class RecipeWriting {

    private final ResolvedRequest request;
    private final GeneratorModel model;

    RecipeWriting(ResolvedRequest request) {
        this.request = request;
        this.model = request.model();
    }

    /** Returns the recipe of one picture, numbered from 0. */
    Recipe of(int image) {
        return new Recipe(
                model.name(),
                model.weightsHash(),
                asked(image),
                request.noise().seeds(request.seed(), image, request.count()).seed(),
                request.sampler().label(),
                request.sampler().steps(),
                request.sampler().spec().options(),
                request.guidance(),
                model.precision(),
                changed(image));
    }

    /** Describes what was asked for, what guided the model and what decoded the sample. */
    private Map<String, String> asked(int image) {
        Map<String, String> facts =
                new LinkedHashMap<>(model.encoder().facts(request.prompts().get(image)));
        facts.putAll(request.guides().facts(request.guidance()));
        if (!request.latents()) {
            facts.putAll(model.decoder().facts());
        }
        return facts;
    }

    /** Describes how the noise was chosen, and what picture was changed or video extended. */
    private Map<String, String> changed(int image) {
        Map<String, String> facts =
                new LinkedHashMap<>(request.noise().facts(request.seed(), image, request.count()));
        Prompt towards = request.noise().towards();
        if (towards != null) {
            putAll(facts, RecipeFields.TOWARDS, towards);
        }
        request.editing().ifPresent(editing -> facts.putAll(editing.facts()));
        Extension extension = request.extension();
        if (extension != null) {
            facts.put(RecipeFields.EXTENDED, Integer.toString(extension.frames()));
            facts.put(
                    RecipeFields.OVERLAP,
                    Integer.toString(extension.kept(model.sample().frames())));
            request.clip().ifPresent(clip -> facts.putAll(clip.facts()));
        }
        if (request.shown() != null) {
            putAll(facts, RecipeFields.SHOWN, request.shown());
        }
        return facts;
    }

    private void putAll(Map<String, String> facts, String prefix, Prompt prompt) {
        model.encoder().facts(prompt).forEach((name, fact) -> facts.put(prefix + name, fact));
    }
}
