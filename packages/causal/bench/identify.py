"""The time that dowhy and pydagitty take for the adjustment sets of graphs given as JSON lines on standard input; see identify.ts."""

import json
import sys
import time

for line in sys.stdin:
    case = json.loads(line)
    try:
        import networkx as nx
        from dowhy.causal_identifier import AutoIdentifier, BackdoorAdjustment, EstimandType

        graph = nx.DiGraph()
        graph.add_nodes_from(case["nodes"])
        graph.add_edges_from(case["directed"])
        for index, pair in enumerate(case["bidirected"]):
            graph.add_edges_from((f"hidden{index}", end) for end in pair)
        start = time.perf_counter()
        identifier = AutoIdentifier(EstimandType.NONPARAMETRIC_ATE, backdoor_adjustment=BackdoorAdjustment.BACKDOOR_DEFAULT)
        identifier.identify_effect(graph, [case["treatment"]], [case["outcome"]], case["nodes"])
        print(json.dumps({"dowhy": 1000 * (time.perf_counter() - start)}), flush=True)
    except ImportError:
        pass
    try:
        from pydagitty import DAG, Node, adjustment
        from pydagitty.model import Edge, Endpoint

        made = {name: Node(name) for name in case["nodes"]}
        graph = DAG()
        for node in made.values():
            graph.add_node(node)
        for first, pairs in ((Endpoint.TAIL, case["directed"]), (Endpoint.ARROW, case["bidirected"])):
            for a, b in pairs:
                graph.add_edge(Edge(made[a], made[b], first, Endpoint.ARROW))
        start = time.perf_counter()
        query = {"exposure": made[case["treatment"]], "outcome": made[case["outcome"]]}
        adjustment.adjustment_sets(graph, mode="minimal", max_results=100, **query)
        print(json.dumps({"pydagitty": 1000 * (time.perf_counter() - start)}), flush=True)
    except ImportError:
        pass
