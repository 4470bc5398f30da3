package io.zigma.spark;

import io.zigma.cli.command.EvaluateCommand;
import io.zigma.cli.option.Arguments;
import io.zigma.cli.option.ComputeOptions;
import io.zigma.cli.option.EvaluationFlags;
import io.zigma.cli.option.EvaluationOptions;
import io.zigma.cli.option.OptionSection;
import io.zigma.cli.terminal.Console;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.SparkSession;

/**
 * {@code zigma-spark evaluate}: {@code zigma evaluate}, whose features and pairs a cluster
 * computes.
 */
final class EvaluateOnSpark extends SparkCommand {

    @Override
    public String name() {
        return "evaluate";
    }

    @Override
    public String purpose() {
        return "Measure pictures as zigma evaluate does, computing features and comparing pairs on a cluster.";
    }

    @Override
    public String synopsis() {
        return "--samples DIR|FILE.npz --data DIR [--json] [--html FILE]";
    }

    @Override
    public List<OptionSection> sections() {
        List<OptionSection> sections = new ArrayList<>(EvaluationFlags.sections());
        sections.add(CLUSTER_ALONE);
        return sections;
    }

    @Override
    public List<String> examples() {
        return List.of(
                "evaluate --samples samples --image-size 28 --data fashion-mnist",
                "evaluate --samples samples.npz --data photos --test-data more-photos --classifier c");
    }

    @Override
    void check(Arguments arguments) throws IOException {
        new EvaluationOptions(arguments).check();
    }

    @Override
    void run(Arguments arguments, SparkSession spark, Console console) throws IOException {
        int threads = Math.max(1, ComputeOptions.of(arguments).threads());
        new EvaluateCommand(
                        (classifier, features) ->
                                new SparkWork(spark, classifier, features, threads))
                .run(arguments, console);
    }
}
