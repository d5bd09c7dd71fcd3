"""Several recipes and seeds, trained one after the other; what is already trained is not trained again."""

from collections.abc import Sequence

from nnbp.cli.output import Events, say
from nnbp.cli.reproduce_report import (
    estimate_text,
    estimate_values,
    reproduction_values,
    reproductions_text,
    run_text,
    run_values,
)
from nnbp.cli.reproduce_run import Trainer
from nnbp.cli.reproduce_store import Store
from nnbp.errors import DivergenceError
from nnbp.recipes import Recipe, Reproduction, Run, known


class Reproducing:
    """Trains recipes, and writes the events: run, run, …, reproduction, …; then the page, if there is one."""

    def __init__(
        self,
        recipes: Sequence[Recipe],
        seeds: Sequence[int],
        trainer: Trainer,
        events: Events,
        path: str | None,
        *,
        again: bool,
        quiet: bool,
    ) -> None:
        """`path` is that of the page. Raises EngineError, and the errors of `Store`."""
        self._recipes, self._seeds = recipes, seeds
        self._trainer, self._events = trainer, events
        self._again, self._quiet = again, quiet
        self._store = Store(path)
        self._engine = trainer.engine()
        self._stored = 0
        self._diverged: list[str] = []

    def run(self) -> None:
        """Train them all. A training that diverges is reported, and raised once the others are done."""
        reproductions = [found for recipe in self._recipes if (found := self._reproduced(recipe)) is not None]
        if reproductions and not self._events.as_json:
            self._events.event("reproduction", {}, reproductions_text(reproductions))
        if self._stored:
            what = "1 training is" if self._stored == 1 else f"{self._stored} trainings are"
            say(f"nnbp: {what} from {self._store.json}, and not trained again; --again trains them")
        self._write_page()
        if self._diverged:
            raise DivergenceError(
                ", ".join(self._diverged), "diverged", "lower the learning_rate of the recipe"
            )

    def _reproduced(self, recipe: Recipe) -> Reproduction | None:
        """A recipe with all its trainings; None if there is none."""
        if recipe.paper:
            self._estimate(recipe)
            return None
        runs = [run for seed in self._seeds if (run := self._trained(recipe, seed)) is not None]
        if not runs:
            return None
        found = Reproduction(recipe, runs)
        if self._events.as_json:
            self._events.event("reproduction", reproduction_values(found), "")
        return found

    def _trained(self, recipe: Recipe, seed: int) -> Run | None:
        """A training, from the file if it is there; None if it diverges."""
        found = None if self._again else self._found(recipe, seed)
        run = found
        if run is None:
            try:
                run = self._trainer.run(recipe, seed)
            except DivergenceError as error:
                say(f"nnbp: {recipe.name} seed {seed} diverged: {error}")
                self._diverged.append(f"{recipe.name} seed {seed}")
                return None
            self._store.add(run)
        self._stored += found is not None
        if not self._quiet:
            is_stored = found is not None
            values, text = run_values(run, recipe.on, is_stored), run_text(run, recipe.on, is_stored)
            self._events.event("run", values, text)
        return run

    def _found(self, recipe: Recipe, seed: int) -> Run | None:
        """The training in the file, if the data set has not changed since."""
        stored = self._store.results.of(recipe, self._engine, self._trainer.datasets.name(recipe))
        run = next((run for run in stored if run.seed == seed), None)
        return None if run is None or run.sha256 != self._trainer.datasets.of(recipe).sha256 else run

    def _estimate(self, recipe: Recipe) -> None:
        found = None if self._again else self._store.results.estimate(recipe, self._engine)
        if found is None:
            found = self._trainer.estimate(recipe)
            self._store.add(found)
        values = estimate_values(found, recipe, self._trainer.command(recipe, None))
        self._events.event("estimate", values, estimate_text(found))

    def _write_page(self) -> None:
        """The page of every recipe that comes with nnbp, and of those trained now."""
        if self._store.page is None:
            return
        every = {recipe.name: recipe for recipe in (*known(), *self._recipes)}
        recipes = [every[name] for name in sorted(every)]
        size = self._store.write(recipes, self._engine, self._trainer.datasets.override)
        values = {
            "path": str(self._store.page),
            "results": str(self._store.json),
            "recipes": len(recipes),
            "bytes": size,
        }
        text = f"{values['path']}: {len(recipes)} recipes, {size:,} bytes; {values['results']}"
        self._events.event("page", values, text)
